import { convertBytes } from 'dicom-character-set';
import type { DataSet } from 'dicom-parser';
import { decodeAs, withoutC1 } from '../hl7/charset.js';

/** Reads attributes of one file in its character set (PS3.3 C.12.1.1.2) and remembers what was odd. */
export type DicomText = {
  readonly charset: string;
  readonly flags: ReadonlySet<string>;
  /** One value, trimmed; '' where absent. */
  value(dataSet: DataSet, tag: string, vr?: 'LO' | 'PN'): string;
  /** UT, ST, LT: one value with its leading blanks, its backslashes and its line ends as LF. */
  text(dataSet: DataSet, tag: string): string;
};

/** The text as sent, or null where the declared character set cannot be it. */
function convert(charset: string, bytes: Uint8Array, vr: string): string | null {
  try {
    // dicom-character-set takes Latin-1 for windows-1252 and leaves its high controls on Node 20.
    const text = withoutC1(convertBytes(charset, bytes, { vr }));
    return text.includes('\ufffd') ? null : text;
  } catch {
    return null;
  }
}

export function dicomText(root: DataSet): DicomText {
  const declared = root.string('x00080005')?.trim() ?? '';
  const flags = new Set<string>();
  const decode = (dataSet: DataSet, tag: string, vr: string): string => {
    const element = dataSet.elements[tag];
    if (element === undefined || element.length <= 0) return '';
    const bytes = Uint8Array.from(
      dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length),
    );
    const text = convert(declared, bytes, vr);
    if (text !== null) return text;
    flags.add('charset_fallback');
    return decodeAs(bytes, 'utf-8');
  };
  return {
    charset: declared === '' ? 'ISO_IR 6' : declared,
    flags,
    value: (dataSet, tag, vr = 'LO') =>
      (decode(dataSet, tag, vr).split('\\', 1)[0] ?? '').replace(/\0/g, '').trim(),
    text(dataSet, tag) {
      const text = decode(dataSet, tag, 'UT').replace(/\r\n?/g, '\n');
      return /[\0 ]$/.test(text) ? text.slice(0, -1) : text;
    },
  };
}
