import type { TextRules } from '../../../../contracts/index.js';

/** Framing that files and captures still carry: VT before, FS (and CR) behind. */
export function withoutFraming(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && (bytes[start] === 0x0b || bytes[start] === 0x0d || bytes[start] === 0x0a)) start += 1;
  const trailing = (byte: number | undefined) => byte === 0x1c || byte === 0x0d || byte === 0x0a;
  while (end > start && trailing(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
}

/**
 * Lines of a message as segments without their ends. With any CR in it, CR (or CRLF) ends a segment and a bare LF is
 * data; without CR, LF ends it. Empty lines vanish. A line that does not begin like a segment belongs to the one
 * before, behind an LF: senders wrap text raw inside OBX-5. `splitGluedSegments` cuts a feed's `| OBX|` apart.
 */
export function segmentLines(
  text: string,
  separator: string,
  rules: Pick<TextRules, 'splitGluedSegments'>,
): string[] {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text;
  const lines = bare.includes('\r') ? bare.replaceAll('\r\n', '\r').split('\r') : bare.split('\n');
  const segments: string[][] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const current = segments.at(-1);
    if (current === undefined || beginsSegment(line, separator)) segments.push([line]);
    else current.push(line);
  }
  const joined = segments.map((parts) => (parts.length === 1 ? (parts[0] ?? '') : parts.join('\n')));
  return rules.splitGluedSegments ? joined.flatMap((line) => splitGlued(line, separator)) : joined;
}

function beginsSegment(line: string, separator: string): boolean {
  return /^[A-Z][A-Z0-9]{2}$/.test(line.slice(0, 3)) && (line.length === 3 || line[3] === separator);
}

function splitGlued(line: string, separator: string): string[] {
  const glue = `${separator} OBX${separator}`;
  const [head = '', ...tails] = line.split(glue);
  return [head, ...tails.map((tail) => `OBX${separator}${tail}`)];
}
