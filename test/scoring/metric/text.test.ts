import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packageRoot } from '../../../services/platform/index.js';
import { createSectionSplitter } from '../../../services/scoring/metric/text/sections.js';
import { createSentenceSplitter } from '../../../services/scoring/metric/text/sentences.js';
import { createStemmer } from '../../../services/scoring/metric/text/tokens.js';
import { Vocabulary } from '../../../services/scoring/metric/vocabulary.js';

const part = (name: string): unknown =>
  JSON.parse(readFileSync(join(packageRoot(), `services/scoring/metric/vocabulary/${name}.json`), 'utf8'));
const report = Vocabulary.shape.report.parse(part('report'));
const { stopWords } = Vocabulary.shape.modifiers.parse(part('modifiers'));
const stem = createStemmer(report);
const split = createSentenceSplitter(createSectionSplitter(report), report, stopWords, stem);
const sentences = (text: string) => split(text).map(({ start, end }) => text.slice(start, end));
const sections = (text: string) =>
  split(text).map(({ section, start, end }) => [section, text.slice(start, end)]);

describe('sentences', () => {
  test.each([
    ['decimals and units stay whole', 'A 4.5 cm mass. No effusion.', ['A 4.5 cm mass.', 'No effusion.']],
    [
      'a unit with a full stop ends a sentence before a capital',
      'It is 4 cm. No effusion.',
      ['It is 4 cm.', 'No effusion.'],
    ],
    [
      'titles do not end a sentence',
      'Discussed with Dr. Example at 5 p.m. today.',
      ['Discussed with Dr. Example at 5 p.m. today.'],
    ],
    [
      'bullets and list numbers are cut off',
      '- Clear lungs\n2. Old scar\n• Normal heart',
      ['Clear lungs', 'Old scar', 'Normal heart'],
    ],
    ['list numbers within a line too', '1. Clear lungs. 2. Old scar.', ['Clear lungs.', 'Old scar.']],
    [
      'a wrapped line goes on',
      'There is a small pleural effusion on the\nright side.',
      ['There is a small pleural effusion on the\nright side.'],
    ],
    ['short lines with capitals are their own', 'Lungs clear\nHeart normal', ['Lungs clear', 'Heart normal']],
    ['a blank line ends', 'lungs clear\n\nheart normal', ['lungs clear', 'heart normal']],
    ['semicolons cut', 'No effusion; heart normal', ['No effusion;', 'heart normal']],
    [
      'carriage returns are line ends',
      'Lungs clear.\r\nHeart normal.\r\n',
      ['Lungs clear.', 'Heart normal.'],
    ],
  ])('%s', (_rule, text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });

  test('offsets count UTF-16 code units of the text as given', () => {
    const text = '💀 Große Lunge. Nodule in the left lung 💀.';
    const [, second] = split(text);
    expect(text.slice(second?.start, second?.end)).toBe('Nodule in the left lung 💀.');
  });

  test('never overlap and never leave the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let last = 0;
        for (const { start, end } of split(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
      }),
    );
  });

  test('case, spelling, plural, number words and filler make no difference to the key', () => {
    const keys = [
      'There are small pleural effusions and oedema of the third ribs.',
      'Small pleural effusion, EDEMA in 3rd rib',
    ];
    expect(split(keys[0] ?? '')[0]?.key).toBe(split(keys[1] ?? '')[0]?.key);
  });
});

describe('sections', () => {
  test('headings on their own line, before a colon, and in capitals within a line', () => {
    expect(sections('INDICATION: Cough.\nFindings:\nClear lungs. IMPRESSION: Normal.')).toEqual([
      ['indication', 'Cough.'],
      ['findings', 'Clear lungs.'],
      ['impression', 'Normal.'],
    ]);
    expect(sections('FINDINGS\nClear lungs.\nIMPRESSION\nNormal.')).toEqual([
      ['findings', 'Clear lungs.'],
      ['impression', 'Normal.'],
    ]);
  });

  test('a report without headings is findings', () => {
    expect(sections('Clear lungs.')).toEqual([['findings', 'Clear lungs.']]);
  });

  test('a silent section that nothing follows lasts one line: reports do not end with their technique', () => {
    expect(sections('TECHNIQUE: AP portable.\nLungs clear.\nHeart normal.')).toEqual([
      ['technique', 'AP portable.'],
      ['findings', 'Lungs clear.'],
      ['findings', 'Heart normal.'],
    ]);
  });

  test('an ordinary word that is also a heading does not start a section within a sentence', () => {
    expect(sections('The findings: none of note in comparison with before.')).toHaveLength(1);
  });
});
