import { describe, expect, test } from '@jest/globals';
import { decodeAs, decodeBytes } from '../../../../services/ingest/normaliser/hl7/charset.js';
import { decodeText } from '../../../../services/ingest/normaliser/hl7/escapes.js';
import { parseMessage } from '../../../../services/ingest/normaliser/hl7/message.js';
import { segmentLines, withoutFraming } from '../../../../services/ingest/normaliser/hl7/segments.js';

const DELIMITERS = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' };
const text = (raw: string, charset = 'utf-8') => decodeText(raw, DELIMITERS, charset);

describe('the charset of a message', () => {
  test.each([
    ['8859/1', [0x92, 0xe9], '’é', 'windows-1252', []],
    ['', [0x92], '’', 'windows-1252', ['charset_guessed']],
    ['', [0xc3, 0xa9], 'é', 'utf-8', []],
    ['UNICODE UTF-8', [0xc3, 0xa9], 'é', 'utf-8', []],
    ['UNICODE UTF-8', [0xe9, 0x20], 'é ', 'windows-1252', ['charset_fallback']],
    ['GB 18030-2000', [0xb7, 0xce], '肺', 'gb18030', []],
    ['ISO IR87', [0x1b, 0x24, 0x42, 0x47, 0x59, 0x1b, 0x28, 0x42], '肺', 'iso-2022-jp', []],
    ['ASCII~ISO IR87', [0x1b, 0x24, 0x42, 0x47, 0x59, 0x1b, 0x28, 0x42], '肺', 'iso-2022-jp', []],
    ['KS X 1001', [0xc6, 0xf3], '폐', 'euc-kr', []],
    ['8859/2', [0xb3], 'ł', 'iso-8859-2', []],
    ['windows-1250', [0x9c], 'ś', 'windows-1250', []],
    ['8859/1', [0xc3, 0xa9], 'Ã©', 'windows-1252', ['charset_doubtful']],
    ['EBCDIC', [0x41], 'A', 'utf-8', ['charset_unknown']],
    ['GB 18030-2000', [0xff], '\ufffd', 'gb18030', ['characters_lost']],
  ])('%j and %j', (declared, bytes, expected, charset, flags) => {
    expect(decodeBytes(Buffer.from(bytes), declared)).toEqual({ text: expected, charset, flags });
  });

  test('every high control of windows-1252 has its character, on every version of Node', () => {
    const high = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
    expect(decodeAs(high, 'windows-1252')).toBe('€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ');
  });
});

describe('lines of a message', () => {
  const lines = (raw: string, splitGluedSegments = false) => segmentLines(raw, '|', { splitGluedSegments });

  test.each([
    ['CR', 'MSH|a\rPID|b\r'],
    ['CRLF', 'MSH|a\r\nPID|b\r\n'],
    ['LF', 'MSH|a\nPID|b\n'],
    ['byte order mark and empty lines', '\ufeffMSH|a\r\r \rPID|b'],
  ])('end with %s', (_, raw) => {
    expect(lines(raw)).toEqual(['MSH|a', 'PID|b']);
  });

  test('a bare LF beside CR is data, and a raw CR in a field does not cut the report', () => {
    expect(lines('MSH|a\rOBX|one\ntwo|F\rOBX|three\rfour words|F')).toEqual([
      'MSH|a',
      'OBX|one\ntwo|F',
      'OBX|three\nfour words|F',
    ]);
  });

  test('segments glued to another are cut apart only where the feed asks for it', () => {
    const glued = 'MSH|a\rOBR|1|x| OBX|1|TX|| OBX|2|TX|';
    expect(lines(glued)).toHaveLength(2);
    expect(lines(glued, true)).toEqual(['MSH|a', 'OBR|1|x', 'OBX|1|TX|', 'OBX|2|TX|']);
  });

  test('MLLP framing that a file kept is taken off', () => {
    expect(withoutFraming(Buffer.from('\x0bMSH|a\r\x1c\r\n')).toString()).toBe('MSH|a');
  });
});

describe('parsing', () => {
  const parse = (...rows: string[]) => parseMessage(rows, 'utf-8');

  test('names that look like another header inside fields change nothing', () => {
    const message = parse('MSH|^~\\&|RIS|MSH|', 'PID|1||7^^^MSH|x', 'OBX|1|TX|||see BHS|FHS|BTS|');
    expect(message.segments.map((s) => s.name)).toEqual(['MSH', 'PID', 'OBX']);
    expect(message.segments[0]?.field(4)).toBe('MSH');
    expect(message.segments[1]?.field(3)).toBe('7^^^MSH');
    expect(message.segments[2]?.field(6)).toBe('FHS');
  });

  test('trailing blanks and wrapped lines are kept', () => {
    const message = parse('MSH|^~\\&|RIS', 'NTE|1||lungs\n clear  ');
    expect(message.segments[1]?.field(3)).toBe('lungs\n clear  ');
  });

  test('MSH counts its separator as field 1, and other delimiters are honoured', () => {
    const message = parse('MSH$%*!@$RIS$NORTH', 'PID$1$$a%b');
    expect(message.delimiters).toEqual({
      field: '$',
      component: '%',
      repetition: '*',
      escape: '!',
      subcomponent: '@',
    });
    expect([1, 2, 3, 4].map((n) => message.segments[0]?.field(n))).toEqual(['$', '%*!@', 'RIS', 'NORTH']);
    expect(message.segments[1]?.field(99)).toBe('');
  });

  test.each([
    ['no MSH', ['PID|1'], 'OVR_HL7_UNREADABLE'],
    ['a cut MSH', ['MSH|^~'], 'OVR_HL7_UNREADABLE'],
    ['two messages', ['MSH|^~\\&|A', 'PID|1', 'MSH|^~\\&|B'], 'OVR_HL7_UNREADABLE'],
    [
      'a flood',
      ['MSH|^~\\&|A', ...Array.from({ length: 250_000 }, () => 'OBX')],
      'OVR_HL7_TOO_MANY_SEGMENTS',
    ],
  ])('%s is refused', (_, rows, code) => {
    expect(() => parseMessage(rows, 'utf-8')).toThrow(code);
  });
});

describe('escapes', () => {
  test.each([
    ['\\F\\ \\S\\ \\T\\ \\R\\ \\E\\', '| ^ & ~ \\'],
    ['one\\.br\\two\\.sp2\\three\\.sp\\four', 'one\ntwo\n\nthree\nfour'],
    ['a\\.sk3\\b', 'a   b'],
    ['\\XC3A9\\', 'é'],
    ['\\XC3\\\\XA9\\', 'é'],
    ['line\\X0A\\next\\X0D0A\\end', 'line\nnext\nend'],
    ['\\XE9\\', 'é'],
    ['\\H\\bold\\N\\ \\Zi+\\italic\\Zi-\\', 'bold italic'],
    ['C:\\Heart and D:\\Nodule', 'C:\\Heart and D:\\Nodule'],
    ['C:\\Heart\\T\\Lung', 'C:\\Heart&Lung'],
    ['open \\ end', 'open \\ end'],
    ['\\constructor\\', '\\constructor\\'],
    ['\\.sp999999\\', '\n'.repeat(100)],
    ['a\r\nb\rc', 'a\nb\nc'],
  ])('%j reads %j', (raw, expected) => {
    expect(text(raw)).toBe(expected);
  });

  test('bytes in escapes are of the charset of the message', () => {
    expect(text('\\XB7CE\\', 'gb18030')).toBe('肺');
    expect(text('\\X92\\', 'windows-1252')).toBe('’');
  });
});
