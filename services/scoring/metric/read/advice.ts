import type { Hit } from '../lexicon.js';
import type { Token } from '../text/tokens.js';
import { intervalDays } from './measures.js';
import { type Polarity, polarities } from './polarity.js';
import { means, type Segment } from './segments.js';
import type { Advice, Place } from './statement.js';

type Found = { readonly advice: Advice; readonly from: number };

/**
 * The advice of a sentence and the token where it begins: what is named after that is what the test shall show
 * ("CT to exclude an obstructing lesion"), not a finding. Advice needs a trigger word and a test or an interval, or to be complete in itself.
 */
export function readAdvice(
  tokens: readonly Token[],
  hits: readonly Hit[],
  segments: readonly Segment[],
  place: Place,
  units: Readonly<Record<string, number>>,
): Found | null {
  if (means(hits, 'boilerplate').length > 0) {
    const [first] = means(hits, 'boilerplate');
    const boilerplate = { tests: [], follows: false, boilerplate: true, urgent: false, intervalDays: null };
    return { advice: { ...boilerplate, place, settled: false }, from: first?.hit.from ?? 0 };
  }
  const triggers = means(hits, 'advice');
  const tests = means(hits, 'test');
  const first = triggers[0]?.hit;
  if (first === undefined) return null;
  const interval = intervalDays(tokens, units);
  const alone = triggers.some(({ meaning }) => meaning.alone);
  if (tests.length === 0 && interval === null && !alone) return null;
  if (negated(first, segments)) return null;
  const own = segments.findLast((segment) => segment.from <= first.from);
  const firstTest = tests.find(({ hit }) => hit.from >= (own?.from ?? 0))?.hit ?? first;
  return {
    advice: {
      tests: [...new Set(tests.map(({ meaning }) => meaning.id))],
      follows: tests.length > 0 && tests.every(({ meaning }) => meaning.follows),
      boilerplate: false,
      urgent: means(hits, 'urgent').length > 0,
      intervalDays: interval,
      place,
      settled: false,
    },
    from: Math.min(first.from, firstTest.from),
  };
}

function negated(hit: Hit, segments: readonly Segment[]): boolean {
  const polarity: Polarity | undefined = polarities(segments).get(hit);
  return polarity?.negated ?? false;
}
