/**
 * The first segment of an HL7 v2 message, read by hand and before anything else: what the acknowledgement and the
 * choice of the feed need. Fields are one character a byte (latin1), so that they can be echoed byte for byte.
 */
export type Header = {
  readonly separator: string;
  /** MSH-2 as sent; its first character parts components. */
  readonly encodingCharacters: string;
  /** Raw field of MSH by its HL7 number; '' where absent. */
  field(number: number): string;
  /** MSH-3 and MSH-4 in the message's charset, escapes of delimiters undone, trimmed. */
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  /** MSH-9.1, e.g. `ORU`. */
  readonly messageType: string;
  readonly triggerEvent: string;
};

const CR = 0x0d;
const LF = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** MSH-18 (HL7 table 0211) to a WHATWG label; what is absent is read as strict UTF-8, else windows-1252. */
const CHARSETS: Readonly<Record<string, string>> = {
  ASCII: 'windows-1252',
  '8859/1': 'windows-1252',
  '8859/2': 'iso-8859-2',
  '8859/3': 'iso-8859-3',
  '8859/4': 'iso-8859-4',
  '8859/5': 'iso-8859-5',
  '8859/6': 'iso-8859-6',
  '8859/7': 'iso-8859-7',
  '8859/8': 'iso-8859-8',
  '8859/9': 'windows-1254',
  '8859/15': 'iso-8859-15',
  'GB 18030-2000': 'gb18030',
  'KS X 1001': 'euc-kr',
  'ISO IR87': 'iso-2022-jp',
  'UNICODE UTF-8': 'utf-8',
  'WINDOWS-1250': 'windows-1250',
  'WINDOWS-1252': 'windows-1252',
};

/** `stream` because Node 20's one-shot windows-1252 leaves 0x80-0x9F as control characters (measured). */
function decode(bytes: Buffer, label: string, fatal: boolean): string {
  return new TextDecoder(label, { fatal }).decode(bytes, { stream: true });
}

/** Nearly every header: no decoder is worth making for it. ESC switches sets in ISO-2022. */
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

function decodeField(raw: string, charset: string): string {
  if (PLAIN_ASCII.test(raw)) return raw;
  const bytes = Buffer.from(raw, 'latin1');
  const label = CHARSETS[charset.trim().toUpperCase()];
  if (label !== undefined) return decode(bytes, label, false);
  try {
    return decode(bytes, 'utf-8', true);
  } catch {
    return decode(bytes, 'windows-1252', false);
  }
}

/** `\F\ \S\ \T\ \R\ \E\` (HL7 v2 chapter 2.7) of the message's own delimiters. */
function withoutEscapes(text: string, separator: string, encodingCharacters: string): string {
  const [component = '^', repetition = '~', escapeMark = '\\', subcomponent = '&'] = encodingCharacters;
  const meaning: Readonly<Record<string, string>> = {
    F: separator,
    S: component,
    T: subcomponent,
    R: repetition,
    E: escapeMark,
  };
  const parts = text.split(escapeMark);
  if (parts.length < 3) return text;
  let out = parts[0] ?? '';
  for (let i = 1; i < parts.length; i += 1) {
    const known = i + 1 < parts.length ? meaning[parts[i] ?? ''] : undefined;
    if (known === undefined) {
      out += escapeMark + parts[i];
    } else {
      i += 1;
      out += known + parts[i];
    }
  }
  return out;
}

/** Where the message begins: behind a byte order mark and blank lines, which some senders put first. */
function startOf(raw: Buffer): number {
  let at = raw.subarray(0, 3).equals(BOM) ? 3 : 0;
  while (raw[at] === CR || raw[at] === LF || raw[at] === 0x20) at += 1;
  return at;
}

/** The header of a message, or null where it does not begin with a whole `MSH` and a field separator. */
export function readHeader(raw: Buffer): Header | null {
  const start = startOf(raw);
  if (raw.toString('latin1', start, start + 3) !== 'MSH') return null;
  const separatorByte = raw[start + 3];
  if (separatorByte === undefined || separatorByte <= 0x20) return null;
  let end = start;
  while (end < raw.length && raw[end] !== CR && raw[end] !== LF) end += 1;
  const separator = String.fromCharCode(separatorByte);
  const parts = raw.toString('latin1', start, end).split(separator);
  const field = (number: number) => (number === 1 ? separator : (parts[number - 1] ?? ''));
  const encodingCharacters = field(2);
  const component = encodingCharacters.charAt(0) || '^';
  const charset = field(18).split(encodingCharacters.charAt(1) || '~')[0] ?? '';
  const text = (number: number) =>
    withoutEscapes(decodeField(field(number), charset), separator, encodingCharacters).trim();
  const [messageType = '', triggerEvent = ''] = field(9).split(component);
  return {
    separator,
    encodingCharacters,
    field,
    sendingApplication: text(3),
    sendingFacility: text(4),
    messageType: messageType.trim(),
    triggerEvent: triggerEvent.trim(),
  };
}
