import type { SectionName } from '../../../../contracts/index.js';
import type { FeedRules } from '../rules/feed-rules.js';
import type { Piece } from '../text/compose.js';
import { sectionOfCode, sectionOfHeading } from '../text/vocabulary.js';
import type { ContentItem } from './content.js';

/** Items whose value is words of the report; images, coordinates and references are none. */
const SPOKEN = new Set(['TEXT', 'PNAME', 'CODE', 'NUM', 'DATE', 'TIME', 'DATETIME']);

function sectionOf({ code, meaning }: ContentItem['concept'], rules: FeedRules): SectionName | null {
  const own = rules.sections.get(code.toUpperCase()) ?? rules.sections.get(meaning.toUpperCase());
  return own ?? sectionOfCode(code) ?? sectionOfHeading(meaning);
}

/** `seen by` + `Dr. A` + `. He` reads "seen by Dr. A. He": no blank before punctuation or beside a line end. */
function sentence(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .reduce((text, part) => {
      const tight = text === '' || /\s$/.test(text) || /^[\s.,;:!?)\]]/.test(part);
      return text + (tight ? '' : ' ') + part;
    }, '');
}

const named = ({ concept, value }: ContentItem) =>
  concept.meaning === '' ? value : `${concept.meaning}: ${value}`;

/**
 * The words of a report in document order. Only what a container CONTAINS was reported; context, modifiers, properties
 * and evidence were not. In a CONTINUOUS container the pieces are one text (PS3.3 C.17.3.2.4); in a SEPARATE one each is
 * a paragraph, codes and numbers with their names. Named containers bring a heading; the title of the document is none.
 */
export function narrativeOf(root: ContentItem, rules: FeedRules): Piece[] {
  const pieces: Piece[] = [];
  const put = (text: string, section: SectionName | null) => {
    if (text.trim() !== '') pieces.push({ text: text.trimEnd(), section, body: false });
  };
  const walk = (container: ContentItem, inherited: SectionName | null) => {
    let run: string[] = [];
    const flush = () => {
      put(sentence(run), inherited);
      run = [];
    };
    for (const item of container.items) {
      if (item.relationship !== 'CONTAINS') continue;
      if (item.type === 'CONTAINER') {
        flush();
        if (!hasText(item)) continue;
        const section = sectionOf(item.concept, rules) ?? inherited;
        if (item.concept.meaning !== '') put(`${item.concept.meaning}:`, section);
        walk(item, section);
      } else if (SPOKEN.has(item.type)) {
        if (container.continuous) run.push(item.value);
        else
          put(item.type === 'TEXT' ? item.value : named(item), sectionOf(item.concept, rules) ?? inherited);
      }
    }
    flush();
  };
  walk(root, sectionOf(root.concept, rules));
  return hasText(root) ? pieces : [];
}

/** Numbers and codes alone (IHE AIR, TID 1500) are findings for a viewer, not a text to compare. */
function hasText(container: ContentItem): boolean {
  return container.items.some(
    (item) =>
      item.relationship === 'CONTAINS' &&
      (item.type === 'CONTAINER' ? hasText(item) : item.type === 'TEXT' && item.value.trim() !== ''),
  );
}
