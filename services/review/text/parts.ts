import type { PairSide, SectionName } from '../../../contracts/index.js';
import { type Range, trimmed } from './range.js';

/** Impression first: what the referrer reads, and where a difference weighs most. */
export const PART_ORDER = [
  'impression',
  'findings',
  'addendum',
  'recommendation',
  'comparison',
  'comment',
  'indication',
  'technique',
  'other',
  'signature',
] as const satisfies readonly (typeof SectionName)['options'][number][];
export type PartName = (typeof PART_ORDER)[number] | 'report';

export type Part = { readonly name: PartName; readonly range: Range };

/** What stands between sections is shown too, but for a bare heading, which the name of the part repeats. */
const BARE_HEADING = /^[\p{L} /&()-]{1,40}:$/u;

function sectionParts({ text, sections }: Pick<PairSide, 'text' | 'sections'>): readonly Part[] {
  const ordered = [...sections].sort((a, b) => a.start - b.start);
  const gaps = [...ordered, { start: text.length, end: text.length }].map(({ start }, index) => ({
    start: ordered[index - 1]?.end ?? 0,
    end: start,
  }));
  const others = gaps
    .map((gap) => trimmed(text, gap))
    .filter((gap): gap is Range => gap !== null && !BARE_HEADING.test(text.slice(gap.start, gap.end)));
  return [
    ...ordered.map(({ name, start, end }) => ({ name, range: { start, end } })),
    ...others.map((range) => ({ name: 'other' as const, range })),
  ];
}

/**
 * Both texts as parts with names in common. Where they have none in common (one came without headings), each is one
 * part `report`, because text beside nothing cannot be compared.
 */
export function partsOf(
  draft: Pick<PairSide, 'text' | 'sections'>,
  final: Pick<PairSide, 'text' | 'sections'>,
): { readonly draft: readonly Part[]; readonly final: readonly Part[] } {
  const sides = { draft: sectionParts(draft), final: sectionParts(final) };
  const names = new Set<PartName>(sides.draft.map((part) => part.name).filter((name) => name !== 'other'));
  if (sides.final.some((part) => names.has(part.name))) return sides;
  const whole = (text: string): readonly Part[] => [
    { name: 'report', range: { start: 0, end: text.length } },
  ];
  return { draft: whole(draft.text), final: whole(final.text) };
}
