import type { Vocabulary } from '../vocabulary.js';

export type Part = { readonly section: string; readonly start: number; readonly end: number };
export type SectionSplitter = (text: string) => Part[];

const pattern = (term: string) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ /g, '[ \\t]+');

/**
 * Parts of a report by its headings: at the start of a line in any case, or anywhere in capitals, each before a
 * colon; at the start of a line in capitals also without one. The headings themselves belong to no part; what
 * stands before the first is `findings`, and so is what follows the first line of a silent section with no
 * heading after it, because a report does not end with its technique.
 */
export function createSectionSplitter({ headings, silentSections }: Vocabulary['report']): SectionSplitter {
  const sectionOf = new Map(
    Object.entries(headings).flatMap(([section, terms]) => terms.map((term) => [term, section] as const)),
  );
  const terms = [...sectionOf.keys()].sort((a, b) => b.length - a.length).map(pattern);
  const any = terms.join('|');
  const capitals = terms.map((term) => term.replace(/[a-z]/g, (letter) => letter.toUpperCase())).join('|');
  const upper = capitals.replaceAll('\\T', '\\t');
  const heading = new RegExp(
    `^[ \\t]*((?:${any})(?=[ \\t]*:)|(?:${upper})(?=[ \\t]*$))[ \\t]*:?|\\b(${upper})[ \\t]*:`,
    'gm',
  );
  const lineStart = new RegExp(`^[ \\t]*(${any})[ \\t]*:`, 'gim');

  return (text) => {
    const marks = [...text.matchAll(heading), ...text.matchAll(lineStart)]
      .map((match) => ({
        start: match.index,
        end: match.index + match[0].length,
        section:
          sectionOf.get((match[1] ?? match[2] ?? '').toLowerCase().replace(/[ \t]+/g, ' ')) ?? 'findings',
      }))
      .sort((a, b) => a.start - b.start)
      .filter((mark, index, all) => index === 0 || mark.start >= (all[index - 1]?.end ?? 0));
    const parts: Part[] = [];
    let section = 'findings';
    let start = 0;
    for (const mark of marks) {
      parts.push({ section, start, end: mark.start });
      section = mark.section;
      start = mark.end;
    }
    const last = { section, start, end: text.length };
    parts.push(...(silentSections.includes(section) ? firstLineOf(last, text) : [last]));
    return parts.filter((part) => text.slice(part.start, part.end).trim() !== '');
  };
}

function firstLineOf(part: Part, text: string): Part[] {
  const line = /^\s*\S[^\n]*/.exec(text.slice(part.start, part.end))?.[0].length ?? 0;
  const end = part.start + line;
  return [
    { ...part, end },
    { section: 'findings', start: end, end: part.end },
  ];
}
