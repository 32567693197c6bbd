/** UTF-16 code units into a text, end exclusive. */
export type Range = { readonly start: number; readonly end: number };

export function overlaps(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Without the white space at both ends; null where nothing else is in it. */
export function trimmed(text: string, { start, end }: Range): Range | null {
  const slice = text.slice(start, end);
  const first = slice.search(/\S/);
  return first === -1 ? null : { start: start + first, end: start + slice.trimEnd().length };
}
