import type { Range } from './range.js';

const WORD = /\p{L}[\p{L}\p{M}\p{N}'’-]*|\p{N}+(?:[.,]\p{N}+)*|[^\s\p{L}\p{N}]/gu;

export type Word = Range & { readonly word: string };

/** Words, numbers and single punctuation marks, with their places in the whole text. */
export function words(text: string, { start, end }: Range): readonly Word[] {
  return [...text.slice(start, end).matchAll(WORD)].map((match) => ({
    word: match[0],
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
}

/** Above this product of lengths a comparison is not worth its time: everything counts as changed. */
const MAX_CELLS = 250_000;

/** Neighbours joined over the white space between them, so that a changed phrase is one change. */
function joined(text: string, changed: readonly Range[]): readonly Range[] {
  const out: Range[] = [];
  for (const range of changed) {
    const last = out.at(-1);
    if (last !== undefined && text.slice(last.end, range.start).trim() === '') {
      out[out.length - 1] = { start: last.start, end: range.end };
    } else out.push(range);
  }
  return out;
}

/** Lengths of the longest common subsequences of the tails from each pair of places. */
function commonTails(a: readonly Word[], b: readonly Word[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i], table[i + 1]];
    if (row === undefined || below === undefined) continue;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i]?.word === b[j]?.word ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

export type TextSide = { readonly text: string; readonly range: Range };

/** The words only one of two sentences has: deleted from the draft, inserted into the final. */
export function wordEdits(
  draft: TextSide,
  final: TextSide,
): { readonly deleted: readonly Range[]; readonly inserted: readonly Range[] } {
  const a = words(draft.text, draft.range);
  const b = words(final.text, final.range);
  if (a.length * b.length > MAX_CELLS) return { deleted: [draft.range], inserted: [final.range] };
  const tails = commonTails(a, b);
  const deleted: Range[] = [];
  const inserted: Range[] = [];
  let [i, j] = [0, 0];
  for (let x = a[i], y = b[j]; x !== undefined || y !== undefined; x = a[i], y = b[j]) {
    if (x !== undefined && x.word === y?.word) {
      i += 1;
      j += 1;
    } else if (y === undefined || (x !== undefined && (tails[i + 1]?.[j] ?? 0) >= (tails[i]?.[j + 1] ?? 0))) {
      if (x !== undefined) deleted.push({ start: x.start, end: x.end });
      i += 1;
    } else {
      inserted.push({ start: y.start, end: y.end });
      j += 1;
    }
  }
  return { deleted: joined(draft.text, deleted), inserted: joined(final.text, inserted) };
}
