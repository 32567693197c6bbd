import { describe, expect, test } from '@jest/globals';
import { type FeedConfig, MEDIA_TYPES } from '../../../../contracts/index.js';
import { pseudonym } from '../../../../services/platform/index.js';
import { feed, HASH_KEY, onlyVersion, run, sectionTexts } from '../support.js';
import { codeItem, container, content, dataSet, type Elements, part10, report, textItem } from './build.js';

const FINDINGS = ['121070', 'Findings'] as const;
const FINDING = ['121071', 'Finding'] as const;
const IMPRESSIONS = ['121072', 'Impressions'] as const;
const NARRATIVE = [
  container(FINDINGS, [textItem(FINDING, 'No pneumothorax.')]),
  container(IMPRESSIONS, [textItem(['121073', 'Impression'], 'Normal chest.')]),
];

const sr = (items: readonly Elements[], overrides: Elements = {}) =>
  part10(dataSet(report(items, overrides)));
const read = (file: Buffer, rules: FeedConfig = feed()) =>
  run(file, [rules], { mediaType: MEDIA_TYPES.dicom, attributes: { transport: 'http', listener: 'dicom' } });
const version = (file: Buffer, rules?: FeedConfig) => onlyVersion(read(file, rules));
const code = (file: Buffer) => {
  const result = read(file);
  return result.kind === 'accepted' ? result.ignored.join(' ') : result.error.code;
};

describe('the words of a structured report', () => {
  test('containers bring headings and sections', () => {
    const found = version(
      sr(NARRATIVE),
      feed({ sourceKind: 'ai', generator: { name: 'Drafter', version: '1' } }),
    );
    expect(found.text).toBe('Findings:\nNo pneumothorax.\nImpressions:\nNormal chest.');
    expect(sectionTexts(found)).toEqual([
      'findings: Findings:\nNo pneumothorax.',
      'impression: Impressions:\nNormal chest.',
    ]);
    expect(found).toMatchObject({
      role: 'draft',
      aliases: [
        { kind: 'accession', site: 'north', value: 'ACC100' },
        { kind: 'study_uid', site: '', value: '1.2.840.1' },
      ],
      patients: [pseudonym(HASH_KEY, 'patient', 'north', '4711')],
      context: { age: 65, sex: 'F' },
      times: { source: '2026-02-01T10:30:00.000Z' },
      controlId: '1.2.3.4',
    });
  });

  test('context, evidence and empty containers are not spoken; codes and numbers carry their names', () => {
    const items = [
      content('HAS OBS CONTEXT', 'TEXT', ['1', 'Observer'], { '0040a160': ['UT', 'hidden'] }),
      container(FINDINGS, [
        textItem(FINDING, '  Nodule.'),
        codeItem('CONTAINS', ['2', 'Site'], ['3', 'left lung']),
      ]),
      container(['9', 'Image Library'], []),
    ];
    expect(version(sr(items)).text).toBe('Findings:\n  Nodule.\nSite: left lung');
  });

  test('numbers and codes without any text are no narrative', () => {
    expect(code(sr([codeItem('CONTAINS', ['1', 'Finding'], ['2', 'Nodule'])]))).toBe('no_narrative');
  });
});

describe('character sets', () => {
  const words = (charset: string, bytes: Buffer) => {
    const found = version(
      sr([textItem(FINDING, bytes)], charset === '' ? {} : { '00080005': ['CS', charset] }),
    );
    return [found.text, ...found.flags];
  };

  test.each([
    ['ISO_IR 192', Buffer.from('Épanchement'), ['Épanchement']],
    ['ISO_IR 100', Buffer.from([0xc9, 0x92]), ['É’']],
    ['\\ISO 2022 IR 87', Buffer.from([0x1b, 0x24, 0x42, 0x47, 0x59, 0x1b, 0x28, 0x42]), ['肺']],
    ['GB18030', Buffer.from([0xb7, 0xce]), ['肺']],
    ['ISO_IR 144', Buffer.from([0xbb]), ['Л']],
    ['ISO_IR 999', Buffer.from('É'), ['É', 'charset_fallback']],
    ['', Buffer.from([0xc9, 0x20]), ['É', 'charset_fallback']],
    ['ISO_IR 192', Buffer.from([0xc9, 0x20]), ['É', 'charset_fallback']],
  ])('%s', (charset, bytes, expected) => {
    expect(words(charset, bytes)).toEqual(expected);
  });

  test('a backslash in a text separates nothing, and one trailing pad goes', () => {
    expect(words('ISO_IR 192', Buffer.from('a\\b\r\nc '))).toEqual(['a\\b\nc']);
  });
});

describe('status and source', () => {
  const flags = (
    completion: string,
    verification: string,
    preliminary = '',
    more: Elements = {},
  ): Elements => ({
    '0040a491': ['CS', completion],
    '0040a493': ['CS', verification],
    ...(preliminary === '' ? {} : { '0040a496': ['CS', preliminary] as const }),
    ...more,
  });
  const predecessor: Elements = { '0040a360': ['SQ', [{ '0020000d': ['UI', '1.2'] }]] };
  const verifier: Elements = {
    '0040a073': ['SQ', [{ '0040a030': ['DT', '20260201110000'], '0040a075': ['PN', 'Roe^Sam'] }]],
  };
  const observer = (type: '121006' | '121007') =>
    codeItem('HAS OBS CONTEXT', ['121005', 'Observer Type'], [type, 'x']);

  test.each([
    ['PARTIAL', 'UNVERIFIED', '', {}, 'preliminary'],
    ['COMPLETE', 'UNVERIFIED', '', {}, 'preliminary'],
    ['COMPLETE', 'VERIFIED', '', {}, 'final'],
    ['COMPLETE', 'VERIFIED', 'PRELIMINARY', {}, 'preliminary'],
    ['COMPLETE', 'VERIFIED', 'FINAL', predecessor, 'corrected'],
    ['PARTIAL', 'UNVERIFIED', 'PRELIMINARY', predecessor, 'preliminary'],
  ])('%s %s %s: %#', (completion, verification, preliminary, more, value) => {
    expect(version(sr(NARRATIVE, flags(completion, verification, preliminary, more))).status.value).toBe(
      value,
    );
  });

  test('a PACS that never verifies says so in the status map', () => {
    expect(version(sr(NARRATIVE), feed({ statusMap: { 'COMPLETE UNVERIFIED': 'final' } })).role).toBe(
      'final',
    );
    expect(code(sr(NARRATIVE, flags('WHATEVER', 'VERIFIED')))).toBe('OVR_STATUS_UNKNOWN');
    expect(code(sr(NARRATIVE, flags('', '')))).toBe('OVR_STATUS_MISSING');
  });

  test('a verifying person is a radiologist, a device alone a generator, both together unknown', () => {
    const signed = version(sr(NARRATIVE, flags('COMPLETE', 'VERIFIED', '', verifier)));
    expect(signed.source).toMatchObject({
      kind: 'radiologist',
      author: pseudonym(HASH_KEY, 'author', 'north', 'SAM ROE'),
    });
    expect(signed.times.source).toBe('2026-02-01T11:00:00.000Z');
    const name = content('HAS OBS CONTEXT', 'TEXT', ['121013', 'Device Observer Name'], {
      '0040a160': ['UT', 'Drafter'],
    });
    const device = version(sr([observer('121007'), name, ...NARRATIVE], { '00181020': ['LO', '4.2'] }));
    expect(device).toMatchObject({
      role: 'draft',
      source: { kind: 'ai', generator: { name: 'Drafter', version: '4.2' } },
    });
    expect(version(sr([observer('121006'), observer('121007'), ...NARRATIVE])).source.kind).toBe('unknown');
  });

  test('the accession may stand in the request only', () => {
    const requested: Elements = {
      '00080050': ['SH', ''],
      '0040a370': ['SQ', [{ '00080050': ['SH', 'ACC7'] }]],
    };
    expect(version(sr(NARRATIVE, requested)).aliases[0]?.value).toBe('ACC7');
    expect(code(sr(NARRATIVE, { '00080050': ['SH', ''], '0020000d': ['UI', ''] }))).toBe(
      'OVR_IDENTIFIER_MISSING',
    );
  });
});

describe('hostile files', () => {
  const whole = sr(NARRATIVE);

  test('a deflated report is read', () => {
    expect(version(part10(dataSet(report(NARRATIVE)), true)).text).toContain('Normal chest.');
  });

  test('a deflate bomb is stopped at the limit', () => {
    const bomb = part10(Buffer.concat([dataSet(report(NARRATIVE)), Buffer.alloc(80 * 1024 * 1024)]), true);
    expect(bomb.length).toBeLessThan(200_000);
    expect(code(bomb)).toBe('OVR_DICOM_TOO_LARGE');
  });

  function nested(levels: number): Buffer {
    const open = Buffer.from([
      0x40, 0, 0x30, 0xa7, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255,
    ]);
    const close = Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
    const { '0040a730': _, ...head } = report([]);
    const times = (bytes: Buffer) => Array.from({ length: levels }, () => bytes);
    return part10(Buffer.concat([dataSet(head), ...times(open), ...times(close)]));
  }

  test.each([100, 5000, 100_000])('%i levels of sequences end as a code, not as a crash', (levels) => {
    expect(read(nested(levels))).toMatchObject({ kind: 'refused', error: { code: 'OVR_DICOM_TOO_DEEP' } });
  });

  test('a report nested deeper than any real one is refused', () => {
    let item = textItem(FINDING, 'deep');
    for (let i = 0; i < 80; i += 1) item = container(FINDINGS, [item]);
    expect(code(sr([item]))).toBe('OVR_DICOM_TOO_DEEP');
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['no DICM', Buffer.alloc(400)],
    ['cut in the header', whole.subarray(0, 140)],
    ['cut in the content', whole.subarray(0, whole.length - 20)],
    [
      'broken deflate',
      Buffer.concat([part10(Buffer.alloc(0), true).subarray(0, -2), Buffer.from([255, 255, 255])]),
    ],
  ])('%s is refused', (_, file) => {
    expect(code(file)).toBe('OVR_DICOM_UNREADABLE');
  });

  test.each([
    ['an image', '1.2.840.10008.5.1.4.1.1.2', 'OVR_DICOM_NOT_A_REPORT'],
    ['key objects', '1.2.840.10008.5.1.4.1.1.88.59', 'OVR_DICOM_NOT_A_REPORT'],
    ['an encapsulated PDF', '1.2.840.10008.5.1.4.1.1.104.1', 'OVR_DOCUMENT_NOT_TEXT'],
  ])('%s is refused by its class', (_, sopClass, expected) => {
    expect(code(sr(NARRATIVE, { '00080016': ['UI', sopClass] }))).toBe(expected);
  });
});
