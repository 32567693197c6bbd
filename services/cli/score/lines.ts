/** A line with its number from 1; `text` is null where it was longer than the limit and was thrown away. */
export type Line = { readonly number: number; readonly text: string | null };

/** Lines of a UTF-8 stream, at most `maxBytes` of each in memory. */
export async function* readLines(input: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let number = 0;
  let kept: Uint8Array[] = [];
  let length = 0;
  const take = (piece: Uint8Array) => {
    length += piece.length;
    if (length <= maxBytes) kept.push(piece);
    else kept = [];
  };
  const finish = (): Line => {
    number += 1;
    const text = length > maxBytes ? null : Buffer.concat(kept).toString('utf8').replace(/\r$/, '');
    kept = [];
    length = 0;
    return { number, text };
  };
  for await (const chunk of input) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, at));
      yield finish();
      from = at + 1;
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (length > 0) yield finish();
}
