import { decodeAs } from './charset.js';
import type { Delimiters } from './message.js';

/** A run of spaces or blank lines asked for by `\.sp n\` or `\.sk n\` is cut here: a number is not a memory limit. */
const MAX_REPEAT = 100;

const FORMAT = /^\.(br|sp|ce|sk|in|ti|fi|nf)\s*([+-]?\d{1,6})?$/i;
const HEX = /^X((?:[0-9A-Fa-f]{2})+)$/;
/** Highlighting, local escapes such as PowerScribe's `\Zi+\`, and switches of the character set. */
const WITHOUT_MEANING = /^(H|N|Z[^\s]{0,32}|C[0-9A-Fa-f]{4}|M[0-9A-Fa-f]{4,6})$/;

function formatted(command: string, count: number): string {
  const times = Math.min(Math.max(count, 0), MAX_REPEAT);
  switch (command.toLowerCase()) {
    case 'br':
    case 'ce':
      return '\n';
    case 'sp':
      return '\n'.repeat(Math.max(times, 1));
    case 'sk':
      return ' '.repeat(Math.max(times, 1));
    default:
      return '';
  }
}

/**
 * Text of a field, component or subcomponent that was already split at the message's own delimiters (HL7 v2 chapter
 * 2.7): `\F\ \S\ \T\ \R\ \E\`, `\X..\` as bytes of the message's charset with neighbours read as one run, `\.br\` and
 * `\.sp n\` as line ends, highlighting and local escapes as nothing. A backslash that begins nothing known stays text:
 * "C:\Heart" is a path. CR and CRLF become LF. Linear in the length.
 */
export function decodeText(raw: string, delimiters: Delimiters, charset: string): string {
  const mark = delimiters.escape;
  if (mark === '' || !raw.includes(mark)) return raw.replace(/\r\n?/g, '\n');
  const literal = new Map([
    ['F', delimiters.field],
    ['S', delimiters.component],
    ['T', delimiters.subcomponent],
    ['R', delimiters.repetition],
    ['E', mark],
  ]);
  const out: string[] = [];
  let bytes = '';
  const flush = () => {
    if (bytes !== '') out.push(decodeAs(Buffer.from(bytes, 'hex'), charset));
    bytes = '';
  };
  const put = (text: string) => {
    flush();
    out.push(text);
  };
  let at = 0;
  let open = raw.indexOf(mark);
  while (open !== -1) {
    const close = raw.indexOf(mark, open + 1);
    if (close === -1) break;
    if (open > at) put(raw.slice(at, open));
    const token = raw.slice(open + 1, close);
    const hex = HEX.exec(token)?.[1];
    const format = FORMAT.exec(token);
    const meaning =
      literal.get(token) ??
      (format !== null ? formatted(format[1] ?? '', Number(format[2] ?? 1)) : undefined) ??
      (WITHOUT_MEANING.test(token) ? '' : undefined);
    if (hex !== undefined) {
      bytes += hex;
    } else if (meaning !== undefined) {
      put(meaning);
    } else {
      put(mark);
      at = open + 1;
      open = close;
      continue;
    }
    at = close + 1;
    open = raw.indexOf(mark, at);
  }
  put(raw.slice(at));
  return out.join('').replace(/\r\n?/g, '\n');
}
