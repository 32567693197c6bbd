import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MEDIA_TYPES, ReportVersion } from '../../../contracts/index.js';
import { dataSet, part10, report, textItem } from './dicom/build.js';
import { bytes, feed, onlyVersion, oru, run, tx } from './support.js';

const ED = feed({
  text: { types: ['ST', 'TX', 'FT', 'CWE', 'NTE', 'ED'], reflow: true, splitGluedSegments: true },
});

/** Accepted, quarantined or refused with a code: anything else would have been thrown. Versions keep their contract. */
function holds(raw: Buffer, mediaType: string): void {
  const result = run(raw, [ED], { mediaType });
  if (result.kind !== 'accepted') {
    expect(result.error.code).toMatch(/^OVR_/);
    return;
  }
  for (const event of result.events) {
    if (event.type !== 'overread.report.received') continue;
    const version = ReportVersion.parse(event.data);
    let end = 0;
    const wrong = version.sections.filter((section) => {
      const fits = section.start >= end && section.end > section.start;
      end = section.end;
      return !fits;
    });
    expect(wrong).toEqual([]);
    expect(end).toBeLessThanOrEqual(version.text?.length ?? 0);
  }
}

describe('whatever comes, the answer is a result or a code', () => {
  const fragment = fc.constantFrom(
    ...[
      '|',
      '^',
      '~',
      '&',
      '\\',
      '\\X',
      '\\.br\\',
      '\r',
      '\n',
      'OBX|',
      'MSH|',
      'OBR|',
      '&GDT',
      '&IMP',
      '&ADT',
      'FINDINGS:',
    ],
    ...[
      'IMPRESSION:',
      'F',
      'U',
      'TX',
      'ED',
      'CWE',
      '{x y z}',
      'é',
      '\ud83d\ude00',
      '\u0000',
      ' ',
      'signed by',
      '<text>',
      '<',
      '==',
    ],
  );

  test('HL7 built of its own pieces', () => {
    const field = fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join(''));
    const row = fc
      .tuple(
        fc.constantFrom('OBX', 'OBR', 'ORC', 'NTE', 'PID', 'TXA', 'MRG', 'ZDS'),
        fc.array(field, { maxLength: 14 }),
      )
      .map(([name, fields]) => [name, ...fields].join('|'));
    const type = fc.constantFrom('ORU^R01', 'MDM^T02', 'ADT^A40', 'ORM^O01');
    fc.assert(
      fc.property(type, fc.array(row, { maxLength: 12 }), (kind, rows) => {
        holds(bytes(oru({ msh: { 8: kind }, lines: rows })), MEDIA_TYPES.hl7);
      }),
      { numRuns: 400 },
    );
  });

  test('bytes of a good message changed, cut and doubled', () => {
    const good = bytes(oru({ lines: tx('F', 'FINDINGS: Clear.', 'IMPRESSION: Normal.') }));
    fc.assert(
      fc.property(fc.nat(good.length), fc.uint8Array({ maxLength: 12 }), fc.nat(20), (at, put, skip) => {
        holds(Buffer.concat([good.subarray(0, at), put, good.subarray(at + skip)]), MEDIA_TYPES.hl7);
      }),
      { numRuns: 400 },
    );
  });

  test('bytes of a good structured report changed and cut', () => {
    const good = part10(dataSet(report([textItem(['121071', 'Finding'], 'Clear.')])));
    fc.assert(
      fc.property(fc.nat(good.length), fc.uint8Array({ maxLength: 12 }), fc.nat(20), (at, put, skip) => {
        holds(Buffer.concat([good.subarray(0, at), put, good.subarray(at + skip)]), MEDIA_TYPES.dicom);
      }),
      { numRuns: 400 },
    );
  });

  test('any bytes as any media type', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...Object.values(MEDIA_TYPES)),
        (raw, mediaType) => {
          holds(Buffer.from(raw), mediaType);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('decoding loses no character of a text without escapes', () => {
    const words = fc
      .string({ unit: 'grapheme', maxLength: 60 })
      .filter((s) => !/[|~^&\\\p{Cc}\ue000\ufffd]/u.test(s));
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 6 }), (lines) => {
        const text = lines.join('\n');
        fc.pre(text.trim() !== '' && !/\{/.test(text));
        expect(onlyVersion(run(bytes(oru({ lines: tx('F', ...lines) })), [feed()])).text).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('8 MB take time in proportion', () => {
  const MB = 1024 * 1024;
  const long = (unit: string) => unit.repeat(Math.floor((8 * MB) / unit.length));
  const one = (value: string) => oru({ lines: [`OBX|1|TX|||${value}||||||F`] });

  test.each([
    ['one long line', one(long('No pneumothorax is seen today. '))],
    ['blanks', one(long(' '))],
    ['repetitions', one(long('~'))],
    ['components', one(long('^'))],
    ['backslashes', one(long('\\'))],
    ['hexadecimal escapes', one(long('\\XC3A9\\'))],
    ['headings', one(long('FINDINGS: a. IMPRESSION: b. '))],
    ['braces', one(long('{ab '))],
    ['wrapped lines', one(long('no acute\n    fracture '))],
    ['fields', `${oru()}\rOBX${long('|')}`],
    [
      'lines of OBX',
      oru({ lines: Array.from({ length: 120_000 }, () => `OBX|1|TX|&GDT||${'x'.repeat(50)}||||||F`) }),
    ],
    ['an open comment', oru({ lines: [`OBX|1|ED|||a^b^c^A^<ClinicalDocument>${long('<!-- ')}||||||F`] })],
    ['open tags', oru({ lines: [`OBX|1|ED|||a^b^c^A^<ClinicalDocument>${long('<section><text>')}||||||F`] })],
  ])('%s', (_, text) => {
    const raw = bytes(text);
    const began = performance.now();
    holds(raw, MEDIA_TYPES.hl7);
    expect(performance.now() - began).toBeLessThan(8000);
  });
});
