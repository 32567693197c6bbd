import type { Evidence } from './evidence.js';
import { overlaps, type Range } from './range.js';

/** A run of text under the same marks. */
export type Segment = Range & { readonly evidence: readonly Evidence[]; readonly edited: boolean };

/** Cuts `range` wherever a mark begins or ends, because marks of several cards and edits may cross. */
export function segments(
  range: Range,
  evidence: readonly Evidence[],
  edits: readonly Range[],
): readonly Segment[] {
  const marks = [...evidence, ...edits].filter((mark) => overlaps(mark, range));
  const inside = marks
    .flatMap((mark) => [mark.start, mark.end])
    .filter((at) => at > range.start && at < range.end);
  const cuts = [...new Set([range.start, ...inside, range.end])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, index) => {
    const piece = { start, end: cuts[index + 1] ?? range.end };
    return {
      ...piece,
      evidence: evidence.filter((mark) => overlaps(mark, piece)),
      edited: edits.some((edit) => overlaps(edit, piece)),
    };
  });
}
