import type { Hit, Meaning } from '../lexicon.js';
import type { Token } from '../text/tokens.js';

export type Segment = {
  readonly from: number;
  readonly to: number;
  /** What stands before it: a hard boundary ends the reach of a negation. */
  readonly hard: boolean;
  /** "or" stands before it: one more item of a list, also with a verb of its own. */
  readonly either: boolean;
  readonly hits: readonly Hit[];
  readonly hasVerb: boolean;
};

const HARD = new Set([':', ';', '/']);
const SOFT = new Set([',', '(', ')']);

export const means = <T extends Meaning['type']>(hits: readonly Hit[], type: T) =>
  hits.flatMap((hit) =>
    hit.meanings.flatMap((meaning) =>
      meaning.type === type ? [{ hit, meaning: meaning as Extract<Meaning, { type: T }> }] : [],
    ),
  );

const HEADS: readonly Meaning['type'][] = ['finding', 'device', 'normalWord', 'normal', 'word'];
export const isHead = (hit: Hit) => hit.meanings.some((meaning) => HEADS.includes(meaning.type));

/** Starts something of its own where a head stands before it: "edema without effusion", "opacity, likely atelectasis". */
const starts = (hit: Hit) =>
  hit.meanings.some((m) => (m.type === 'negation' || m.type === 'certainty') && m.direction === 'forward');

/**
 * Stretches of a sentence with one subject each: cut at commas, conjunctions and where a negation or a hedge
 * begins; a stretch without a subject belongs to the one before it, or at the beginning to the one after it.
 */
export function segments(tokens: readonly Token[], hits: readonly Hit[]): Segment[] {
  const cuts = new Map<number, { hard: boolean; either: boolean }>([[0, { hard: true, either: false }]]);
  const covered = new Set(
    hits.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)),
  );
  tokens.forEach(({ stem }, at) => {
    if (covered.has(at)) return;
    if (HARD.has(stem)) cuts.set(at, { hard: true, either: false });
    else if (SOFT.has(stem)) cuts.set(at, { hard: false, either: false });
  });
  for (const hit of hits) {
    const boundary = means([hit], 'boundary')[0];
    if (boundary !== undefined) cuts.set(hit.from, boundary.meaning);
    else if (starts(hit)) cuts.set(hit.from, cuts.get(hit.from) ?? { hard: false, either: false });
  }
  const at = [...cuts.keys()].sort((a, b) => a - b);
  const raw = at.map((from, index): Segment => {
    const to = at[index + 1] ?? tokens.length;
    const inside = hits.filter((hit) => hit.from >= from && hit.from < to);
    return {
      from,
      to,
      hard: cuts.get(from)?.hard ?? false,
      either: cuts.get(from)?.either ?? false,
      hits: inside,
      hasVerb: means(inside, 'verb').length > 0,
    };
  });
  return raw.reduce<Segment[]>((merged, segment, index) => {
    const last = merged.at(-1);
    if (last !== undefined && (!last.hits.some(isHead) || belongsBack(segment, raw[index + 1]))) {
      merged[merged.length - 1] = {
        from: last.from,
        to: segment.to,
        hard: last.hard,
        either: last.either,
        hits: [...last.hits, ...segment.hits],
        hasVerb: last.hasVerb || segment.hasVerb,
      };
    } else {
      merged.push(segment);
    }
    return merged;
  }, []);
}

/** "with left fifth | and sixth rib fractures": after a hard boundary the words wait for the subject to come. */
function belongsBack(segment: Segment, next: Segment | undefined): boolean {
  if (segment.hits.some(isHead)) return false;
  return !(segment.hard && next !== undefined && !next.hard && next.hits.some(isHead));
}
