import type { Hit } from '../lexicon.js';
import { means, type Segment } from './segments.js';

export type Polarity = { readonly negated: boolean; readonly weak: boolean; readonly certainty: 1 | 2 | 3 };

/** A stretch that brings its own size, degree or change is a new statement, not one more item of a list of negatives. */
const bringsItsOwn = ({ hits }: Segment) =>
  means(hits.slice(0, 2), 'degree').length > 0 || means(hits.slice(0, 1), 'change').length > 0;

/**
 * Polarity of each hit, after NegEx (Chapman 2001): a negation reaches forward over a list until a hard boundary, a
 * stretch with its own verb or its own degree; a trailing one ("is not seen") reaches back over the list.
 */
export function polarities(segments: readonly Segment[]): Map<Hit, Polarity> {
  const found = new Map<Hit, Polarity>();
  let carried: { weak: boolean } | null = null;
  segments.forEach((segment, index) => {
    const goesOn = segment.either || !(segment.hasVerb || bringsItsOwn(segment));
    if (segment.hard || !goesOn) carried = null;
    let certainty: 1 | 2 | 3 = 3;
    for (const hit of segment.hits) {
      for (const meaning of hit.meanings) {
        if (meaning.type === 'negation' && meaning.direction === 'forward') carried = { weak: meaning.weak };
        if (meaning.type === 'certainty' && meaning.direction === 'forward' && meaning.level < certainty)
          certainty = meaning.level;
      }
      found.set(hit, { negated: carried !== null, weak: carried?.weak ?? false, certainty });
    }
    if (means(segment.hits, 'negation').some(({ meaning }) => meaning.direction === 'backward')) {
      for (const earlier of listBefore(segments, index)) {
        for (const hit of earlier.hits) found.set(hit, { negated: true, weak: false, certainty: 3 });
      }
    }
    for (const { meaning } of means(segment.hits, 'certainty')) {
      if (meaning.direction !== 'backward') continue;
      for (const earlier of listBefore(segments, index)) {
        for (const hit of earlier.hits)
          found.set(hit, { negated: false, weak: false, certainty: meaning.level });
      }
    }
  });
  return found;
}

/** The stretch and the list items in front of it. */
function listBefore(segments: readonly Segment[], index: number): Segment[] {
  const list: Segment[] = [];
  for (let at = index; at >= 0; at -= 1) {
    const segment = segments[at];
    if (segment === undefined || (at < index && segment.hasVerb)) break;
    list.push(segment);
    if (segment.hard) break;
  }
  return list;
}
