import type { Segment } from './message.js';

/** Segments before the first order, and one group an OBR with the ORC before it. */
export type Groups = {
  readonly header: readonly Segment[];
  readonly orders: readonly (readonly Segment[])[];
};

/** A message without ORC and OBR (some MDM) is one group from its first TXA, OBX or NTE on. */
const BODY = new Set(['TXA', 'OBX', 'NTE']);

/** Splits a message at its orders. Z segments stay with the order they follow. */
export function orderGroups(segments: readonly Segment[]): Groups {
  const hasOrder = segments.some((s) => s.name === 'ORC' || s.name === 'OBR');
  const begin = segments.findIndex((s) =>
    hasOrder ? s.name === 'ORC' || s.name === 'OBR' : BODY.has(s.name),
  );
  if (begin === -1) return { header: segments, orders: [] };
  const orders: Segment[][] = [];
  for (const segment of segments.slice(begin)) {
    const current = orders.at(-1);
    const named = segment.name === 'ORC' || segment.name === 'OBR';
    const belongs = segment.name === 'OBR' && current !== undefined && !current.some((s) => s.name === 'OBR');
    if (current === undefined || (hasOrder && named && !belongs)) orders.push([segment]);
    else current.push(segment);
  }
  return { header: segments.slice(0, begin), orders };
}
