import { deflateRawSync } from 'node:zlib';

/** An element of explicit VR little endian: a string, bytes, or the items of a sequence. */
export type Value = string | Buffer | readonly Elements[];
export type Elements = Readonly<Record<string, readonly [vr: string, value: Value]>>;

const LONG = new Set(['OB', 'SQ', 'UT', 'UN']);

function element(tag: string, vr: string, value: Value): Buffer {
  const raw =
    typeof value === 'string'
      ? Buffer.from(value)
      : Buffer.isBuffer(value)
        ? value
        : Buffer.concat(value.map(item));
  const pad = raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, 'latin1');
  if (LONG.has(vr)) head.writeUInt32LE(pad.length, 8);
  else head.writeUInt16LE(pad.length, 6);
  return Buffer.concat([head, pad]);
}

function item(elements: Elements): Buffer {
  const body = dataSet(elements);
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

export function dataSet(elements: Elements): Buffer {
  return Buffer.concat(
    Object.entries(elements)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tag, [vr, value]]) => element(tag, vr, value)),
  );
}

const EXPLICIT = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';

/** A Part 10 file: preamble, DICM, group 2, data set. */
export function part10(body: Buffer, deflate = false): Buffer {
  const syntax = element('00020010', 'UI', deflate ? DEFLATED : EXPLICIT);
  const length = Buffer.from([0x02, 0, 0, 0, 0x55, 0x4c, 4, 0, 0, 0, 0, 0]);
  length.writeUInt32LE(syntax.length, 8);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    length,
    syntax,
    deflate ? deflateRawSync(body) : body,
  ]);
}

const code = (value: string, meaning: string): Elements => ({
  '00080100': ['SH', value],
  '00080102': ['SH', '99TEST'],
  '00080104': ['LO', meaning],
});

/** One content item; `value` holds its own attribute. */
export function content(
  relationship: string,
  type: string,
  concept: readonly [string, string],
  value: Elements,
): Elements {
  return {
    '0040a010': ['CS', relationship],
    '0040a040': ['CS', type],
    '0040a043': ['SQ', [code(...concept)]],
    ...value,
  };
}

export const textItem = (concept: readonly [string, string], words: string | Buffer): Elements =>
  content('CONTAINS', 'TEXT', concept, { '0040a160': ['UT', words] });

export const container = (concept: readonly [string, string], items: readonly Elements[]): Elements =>
  content('CONTAINS', 'CONTAINER', concept, { '0040a050': ['CS', 'SEPARATE'], '0040a730': ['SQ', items] });

export const codeItem = (
  relationship: string,
  concept: readonly [string, string],
  value: readonly [string, string],
) => content(relationship, 'CODE', concept, { '0040a168': ['SQ', [code(...value)]] });

/** A Basic Text SR of a made-up patient with the given items and overrides. */
export function report(items: readonly Elements[], overrides: Elements = {}): Elements {
  return {
    '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.88.11'],
    '00080018': ['UI', '1.2.3.4'],
    '00080023': ['DA', '20260201'],
    '00080033': ['TM', '103000'],
    '00080050': ['SH', 'ACC100'],
    '00100020': ['LO', '4711'],
    '00100030': ['DA', '19600615'],
    '00100040': ['CS', 'F'],
    '0020000d': ['UI', '1.2.840.1'],
    '0040a040': ['CS', 'CONTAINER'],
    '0040a043': ['SQ', [code('126000', 'Imaging Report')]],
    '0040a050': ['CS', 'SEPARATE'],
    '0040a491': ['CS', 'COMPLETE'],
    '0040a493': ['CS', 'UNVERIFIED'],
    '0040a730': ['SQ', items],
    ...overrides,
  };
}
