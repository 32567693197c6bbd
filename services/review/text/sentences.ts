import { type Range, trimmed } from './range.js';

/** After these a full stop ends no sentence. */
const ABBREVIATIONS = /(?:^|[\s(])(?:dr|mr|mrs|ms|vs|approx|ca|no|fig|st|e\.g|i\.e|resp|incl|max|min)\.$/i;
const LIST_NUMBER = /(?:^|\n)\s*\d{1,2}[.)]$/;
/** Lines this long that do not end a sentence were wrapped by a sender. */
const WRAPPED_LINE = 60;

function endsSentence(text: string, from: number, at: number): boolean {
  const before = text.slice(from, at + 1);
  return !ABBREVIATIONS.test(before) && !LIST_NUMBER.test(before);
}

/** A line break inside a sentence: the next line goes on in lower case, or the line was full. */
function isWrap(text: string, from: number, at: number, end: number): boolean {
  const lineStart = Math.max(from, text.lastIndexOf('\n', at - 1) + 1);
  const line = text.slice(lineStart, at).trimEnd();
  const next = text.slice(at + 1, end);
  if (/^\s*(\n|$)/.test(next) || /[.!?:;]$/.test(line) || /^\s*([-*•]|\d{1,2}[.)]\s)/.test(next))
    return false;
  return /^\s*\p{Ll}/u.test(next) || (line.length >= WRAPPED_LINE && /^\s*\p{L}/u.test(next));
}

/**
 * The sentences of a part of a report: ended by . ! ? before white space, or by a line break that is no wrap. A
 * decimal, an abbreviation or a list number ends none. Their ranges hold no white space at the ends.
 */
export function sentences(text: string, part: Range): readonly Range[] {
  const found: Range[] = [];
  let from = part.start;
  const close = (end: number) => {
    const range = trimmed(text, { start: from, end });
    if (range !== null) found.push(range);
    from = end;
  };
  for (let at = part.start; at < part.end; at += 1) {
    const character = text[at] ?? '';
    if (character === '\n' && !isWrap(text, from, at, part.end)) close(at + 1);
    const stop = /[.!?]/.test(character) && /\s/.test(text[at + 1] ?? ' ');
    if (stop && endsSentence(text, from, at)) close(at + 1);
  }
  close(part.end);
  return found;
}
