import type { PairSide, ReportVersion, Section } from '../../../contracts/index.js';

/** Between a final and its addendum. */
const SEPARATOR = '\n\n';

function shifted(sections: readonly Section[], by: number): Section[] {
  return sections.map(({ name, start, end }) => ({ name, start: start + by, end: end + by }));
}

/** An addendum whose feed names no sections is one section. */
function sectionsOf(version: ReportVersion, text: string): readonly Section[] {
  if (version.sections.length > 0 || version.scope === 'whole') return version.sections;
  return text === '' ? [] : [{ name: 'addendum', start: 0, end: text.length }];
}

/** One side's text out of its versions in order; versions without a text only vouch for the others. */
export function joinTexts(versions: readonly ReportVersion[]): Pick<PairSide, 'text' | 'sections'> {
  let text = '';
  const sections: Section[] = [];
  let first = true;
  for (const version of versions) {
    if (version.text === null) continue;
    if (!first) text += SEPARATOR;
    first = false;
    sections.push(...shifted(sectionsOf(version, version.text), text.length));
    text += version.text;
  }
  return { text, sections };
}
