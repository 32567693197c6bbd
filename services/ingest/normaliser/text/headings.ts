import type { SectionName } from '../../../../contracts/index.js';
import { HEADING_WORDS, SIGNATURE, sectionOfHeading } from './vocabulary.js';

/** Where a section begins inside a text: at a heading or at a line of signature. */
export type Mark = { readonly at: number; readonly section: SectionName };

const isTitle = (words: string) => /\p{Lu}/u.test(words) && !/[\p{Ll}:]/u.test(words);

/** Finds headings in running text; `own` maps upper-case heading words of one feed to sections and wins. */
export type HeadingFinder = (text: string) => Mark[];

const escaped = (words: string) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ /g, '[ \\t]+');

/**
 * A heading is known words and a colon at the start of a line in any case, known words alone on a line in upper case, or
 * known upper-case words with a colon after a blank within a line, as dictation systems run paragraphs together
 * ("reformations. REPORT: No acute"); upper-case words before such a heading are the title of the next examination
 * ("CT BRAIN CLINICAL HISTORY:"). Anything else is prose.
 */
export function headingFinder(own: ReadonlyMap<string, SectionName>): HeadingFinder {
  const words = [...new Set([...own.keys(), ...HEADING_WORDS])].sort((a, b) => b.length - a.length);
  const any = words.map(escaped).join('|');
  const atLineStart = new RegExp(`^[ \\t*#]{0,8}(${any})[ \\t]{0,4}:`, 'i');
  const alone = new RegExp(`^[ \\t*#]{0,8}(${any})[ \\t*]{0,80}$`);
  const inline = new RegExp(`(?<=[ \\t])(${any})[ \\t]{0,4}:`, 'g');
  const sectionOf = (heading: string) =>
    own.get(heading.replace(/[ \t]+/g, ' ').toUpperCase()) ?? sectionOfHeading(heading) ?? 'other';

  return (text) => {
    const marks: Mark[] = [];
    let at = 0;
    for (const line of text.split('\n')) {
      const known = marks.length;
      const first = atLineStart.exec(line) ?? alone.exec(line);
      if (first?.[1] !== undefined) marks.push({ at, section: sectionOf(first[1]) });
      else if (SIGNATURE.test(line)) marks.push({ at, section: 'signature' });
      for (const match of line.includes(':') ? line.matchAll(inline) : []) {
        if (first !== null && match.index < first[0].length) continue;
        const opening = marks.length === known;
        if (opening && isTitle(line.slice(0, match.index))) marks.push({ at, section: 'other' });
        marks.push({ at: at + match.index, section: sectionOf(match[1] ?? '') });
      }
      at += line.length + 1;
    }
    return marks;
  };
}
