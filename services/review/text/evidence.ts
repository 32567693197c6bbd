import type { Discrepancy, Span } from '../../../contracts/index.js';
import type { Range } from './range.js';

export const SIDES = ['draft', 'final'] as const;
export type Side = (typeof SIDES)[number];

/** A span as it stands in the text shown; `number` is its card's, `index` its place among the card's of this side. */
export type Evidence = Range & { readonly number: number; readonly index: number };

/**
 * Where a span really is. A span that does not fit (the text was put together otherwise than when it was scored) is
 * looked for by its words; one that is not there is left out rather than mark the wrong words.
 */
function placed(text: string, span: Span): Range | null {
  if (span.text === '') return null;
  if (text.slice(span.start, span.end) === span.text) return { start: span.start, end: span.end };
  const at = text.indexOf(span.text);
  return at === -1 ? null : { start: at, end: at + span.text.length };
}

/** Evidence of every card on one side. Cards are numbered from 1 in the order given. */
export function evidenceOf(text: string, side: Side, cards: readonly Discrepancy[]): readonly Evidence[] {
  return cards.flatMap((card, c) =>
    card[side].flatMap((span, index) => {
      const range = placed(text, span);
      return range === null ? [] : [{ ...range, number: c + 1, index }];
    }),
  );
}
