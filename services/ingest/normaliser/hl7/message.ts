import { Message } from 'node-hl7-client';
import { OverreadError } from '../../../../contracts/index.js';

/** The characters of MSH-1 and MSH-2. */
export type Delimiters = {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
};

/** One segment. `field(n)` is the raw field by its HL7 number, '' where the row ends before it. */
export type Segment = { readonly name: string; field(number: number): string };

export type Hl7Message = {
  readonly delimiters: Delimiters;
  readonly segments: readonly Segment[];
  /** WHATWG label of the charset, for `\X..\`. */
  readonly charset: string;
};

/** The library makes an object of each segment; a message of nothing but segment names would fill the memory. */
const MAX_SEGMENTS = 250_000;
/** No HL7 segment has more fields; what follows is not read. */
const MAX_FIELDS = 1000;

/**
 * node-hl7-client 3.2.0 takes `MSH|`, `BHS|` and their like anywhere for a second message, and trims segments: both
 * (measured) are kept from it by a character of the private use area, which is taken out again on reading.
 */
const SENTINEL = '\ue000';
const HEADER_INSIDE = /(?<=.)(MSH|BHS|FHS|BTS|FTS)\|/gs;

function guarded(line: string): string {
  const inside = line.replace(HEADER_INSIDE, `$1${SENTINEL}|`);
  return /\s$/.test(inside) ? inside + SENTINEL : inside;
}

function segment(text: string, delimiters: Delimiters): Segment {
  const name = text.slice(0, 3);
  let fields: string[] | null = null;
  const isHeader = name === 'MSH';
  return {
    name,
    field(number) {
      fields ??= text.split(delimiters.field, MAX_FIELDS);
      if (isHeader) return number === 1 ? delimiters.field : (fields[number - 1] ?? '');
      return fields[number] ?? '';
    },
  };
}

function delimitersOf(header: string): Delimiters {
  const [component = '^', repetition = '~', mark = '\\', subcomponent = '&'] =
    header.slice(4).split(header.charAt(3), 1)[0] ?? '';
  return { field: header.charAt(3), component, repetition, escape: mark, subcomponent };
}

/**
 * Parses the lines of one message. Throws OVR_HL7_UNREADABLE where it does not begin with MSH or holds two, and
 * OVR_HL7_TOO_MANY_SEGMENTS beyond 250,000.
 */
export function parseMessage(lines: readonly string[], charset: string): Hl7Message {
  const [header = ''] = lines;
  if (!header.startsWith('MSH') || header.length < 8) {
    throw new OverreadError('OVR_HL7_UNREADABLE', 'the first segment is not a whole MSH');
  }
  if (lines.length > MAX_SEGMENTS) {
    throw new OverreadError('OVR_HL7_TOO_MANY_SEGMENTS', `${lines.length} segments, limit ${MAX_SEGMENTS}`);
  }
  if (lines.some((line, index) => index > 0 && line.startsWith('MSH') && line[3] === header[3])) {
    throw new OverreadError('OVR_HL7_UNREADABLE', 'a second MSH: two messages in one');
  }
  const delimiters = delimitersOf(header);
  const texts = parsed(lines);
  return { delimiters, charset, segments: texts.map((text) => segment(text, delimiters)) };
}

function parsed(lines: readonly string[]): string[] {
  try {
    const message = new Message({ text: `${lines.map(guarded).join('\r')}\r${SENTINEL}` });
    return message
      .toArray()
      .map((node) => node.toRaw().replaceAll(SENTINEL, ''))
      .filter((text) => text !== '');
  } catch (cause) {
    throw new OverreadError('OVR_HL7_UNREADABLE', 'the parser refused it', { cause });
  }
}
