/** Text with the WHATWG label it was read as, and what was odd about it. */
export type DecodedBytes = {
  readonly text: string;
  readonly charset: string;
  readonly flags: readonly string[];
};

/** MSH-18 (HL7 table 0211) and what real feeds write there, in upper case without blanks, to a WHATWG label. */
const LABELS: Readonly<Record<string, string>> = {
  ASCII: 'windows-1252',
  ISOIR6: 'windows-1252',
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
  'ISO-8859-1': 'windows-1252',
  LATIN1: 'windows-1252',
  'GB18030-2000': 'gb18030',
  GB18030: 'gb18030',
  GBK: 'gb18030',
  GB2312: 'gb18030',
  'BIG-5': 'big5',
  BIG5: 'big5',
  ISOIR87: 'iso-2022-jp',
  ISOIR14: 'shift_jis',
  KSX1001: 'euc-kr',
  UNICODE: 'utf-8',
  'UNICODEUTF-8': 'utf-8',
  'UTF-8': 'utf-8',
  UTF8: 'utf-8',
  'WINDOWS-1250': 'windows-1250',
  'WINDOWS-1251': 'windows-1251',
  'WINDOWS-1252': 'windows-1252',
  CP1252: 'windows-1252',
};

/** Code points of the bytes 0x80-0x9F in windows-1252; the five unused ones stay the controls they are. */
const HIGH_CONTROLS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** C1 controls in a Latin-1 reading are dictation quotes, dashes and euro signs of windows-1252. */
export function withoutC1(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (c) => HIGH_CONTROLS.charAt(c.charCodeAt(0) - 0x80));
}

/** A table and not TextDecoder: Node 20 leaves 0x80-0x9F of windows-1252 as control characters (measured, 20.20.2). */
function decodeLatin(bytes: Uint8Array): string {
  return withoutC1(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
}

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const beyondAscii = (bytes: Uint8Array) => bytes.some((byte) => byte > 0x7f);

/** Bytes as one charset, never failing: what UTF-8 cannot be is windows-1252. */
export function decodeAs(bytes: Uint8Array, charset: string): string {
  if (charset === 'utf-8') return strictUtf8(bytes) ?? decodeLatin(bytes);
  return charset === 'windows-1252' ? decodeLatin(bytes) : new TextDecoder(charset).decode(bytes);
}

function undeclared(bytes: Uint8Array, flag: string): DecodedBytes {
  const utf8 = strictUtf8(bytes);
  return utf8 === null
    ? { text: decodeLatin(bytes), charset: 'windows-1252', flags: [flag] }
    : { text: utf8, charset: 'utf-8', flags: [] };
}

/**
 * Reads a whole message. `declared` is MSH-18 or the feed's `charset`; of several (`ASCII~ISO IR87`) the last known one
 * beyond ASCII counts, because every charset in use contains ASCII. Nothing declared: strict UTF-8, else windows-1252
 * (flag `charset_guessed`). Flags: `charset_unknown` for a name not in the table, `charset_fallback` where declared
 * UTF-8 is none, `charset_doubtful` where declared Latin-1 is valid UTF-8, `characters_lost` where bytes had no meaning.
 */
export function decodeBytes(bytes: Uint8Array, declared: string): DecodedBytes {
  const names = declared
    .split('~')
    .map((name) => name.toUpperCase().replace(/\s/g, ''))
    .filter((name) => name !== '');
  if (names.length === 0) return undeclared(bytes, 'charset_guessed');
  const labels = names.map((name) => LABELS[name]).filter((label) => label !== undefined);
  const charset = labels.findLast((label) => label !== 'windows-1252') ?? labels.at(-1);
  if (charset === undefined) {
    const guess = undeclared(bytes, 'charset_guessed');
    return { ...guess, flags: ['charset_unknown', ...guess.flags] };
  }
  if (charset === 'utf-8') return undeclared(bytes, 'charset_fallback');
  const text = decodeAs(bytes, charset);
  if (charset === 'windows-1252') {
    const doubtful = beyondAscii(bytes) && strictUtf8(bytes) !== null;
    return { text, charset, flags: doubtful ? ['charset_doubtful'] : [] };
  }
  return { text, charset, flags: text.includes('\ufffd') ? ['characters_lost'] : [] };
}
