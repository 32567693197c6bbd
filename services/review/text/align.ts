import type { Range } from './range.js';
import { words } from './words.js';

/** A sentence beside its counterpart; null where the other side has none. */
export type AlignedRow = {
  readonly draft: Range | null;
  readonly final: Range | null;
  /** Both sides, and of one meaning as far as their words show. */
  readonly alike: boolean;
};

/** Shared words count twice over all words (Dice); below this two sentences do not belong side by side. */
const LEAST_SIMILARITY = 0.3;
/** Sentences that carry the two sides of one discrepancy belong together whatever their words. */
const LINKED = 0.6;
const MAX_CELLS = 250_000;
const STOP_WORDS = new Set([
  'the',
  'a',
  'an',
  'is',
  'are',
  'of',
  'in',
  'and',
  'with',
  'to',
  'there',
  '.',
  ',',
]);

function bagOf(text: string, range: Range): ReadonlySet<string> {
  const all = words(text, range).map(({ word }) => word.toLowerCase());
  const telling = all.filter((word) => !STOP_WORDS.has(word));
  return new Set(telling.length > 0 ? telling : all);
}

function dice(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((word) => b.has(word)).length;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

export type AlignSide = { readonly text: string; readonly sentences: readonly Range[] };

/**
 * Sentences side by side in the order of both texts, so that the sum of their similarities is greatest
 * (Needleman-Wunsch without a price for gaps). `linked` says which belong together by evidence. Texts too long for
 * the table stand one below the other.
 */
export function align(
  draft: AlignSide,
  final: AlignSide,
  linked: (draft: Range, final: Range) => boolean,
): readonly AlignedRow[] {
  const [a, b] = [draft.sentences, final.sentences];
  const apart = [
    ...a.map((range) => ({ draft: range, final: null, alike: false })),
    ...b.map((range) => ({ draft: null, final: range, alike: false })),
  ];
  if (a.length * b.length > MAX_CELLS) return apart;
  const bags = { a: a.map((r) => bagOf(draft.text, r)), b: b.map((r) => bagOf(final.text, r)) };
  const none: ReadonlySet<string> = new Set();
  const similarity = a.map((x, i) =>
    b.map((y, j) => dice(bags.a[i] ?? none, bags.b[j] ?? none) + (linked(x, y) ? LINKED : 0)),
  );
  const best = Array.from({ length: a.length + 1 }, () => new Float64Array(b.length + 1));
  const together = (i: number, j: number) => {
    const s = similarity[i]?.[j] ?? 0;
    return s >= LEAST_SIMILARITY ? s + (best[i + 1]?.[j + 1] ?? 0) : -1;
  };
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = best[i];
      if (row !== undefined) row[j] = Math.max(best[i + 1]?.[j] ?? 0, row[j + 1] ?? 0, together(i, j));
    }
  }
  const rows: AlignedRow[] = [];
  let [i, j] = [0, 0];
  for (let x = a[i], y = b[j]; x !== undefined || y !== undefined; x = a[i], y = b[j]) {
    const value = best[i]?.[j] ?? 0;
    if (x !== undefined && y !== undefined && together(i, j) >= value) {
      rows.push({ draft: x, final: y, alike: true });
      i += 1;
      j += 1;
    } else if (y === undefined || (x !== undefined && (best[i + 1]?.[j] ?? 0) >= value)) {
      rows.push({ draft: x ?? null, final: null, alike: false });
      i += 1;
    } else {
      rows.push({ draft: null, final: y, alike: false });
      j += 1;
    }
  }
  return rows;
}

/**
 * Sentences without counterpart that lie between the same neighbours stand side by side, the first with the first,
 * because that is where a reader looks for what was written instead. Those that `alone` names keep a row of their own.
 */
export function filled(
  rows: readonly AlignedRow[],
  alone: (row: AlignedRow) => boolean,
): readonly AlignedRow[] {
  const out: AlignedRow[] = [];
  let gap: AlignedRow[] = [];
  const close = () => {
    const drafts = gap.filter((row) => row.draft !== null);
    const finals = gap.filter((row) => row.final !== null);
    for (let i = 0; i < Math.max(drafts.length, finals.length); i += 1) {
      out.push({ draft: drafts[i]?.draft ?? null, final: finals[i]?.final ?? null, alike: false });
    }
    gap = [];
  };
  for (const row of rows) {
    if (!row.alike && !alone(row)) {
      gap.push(row);
      continue;
    }
    close();
    out.push(row);
  }
  close();
  return out;
}
