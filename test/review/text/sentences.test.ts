import { expect, test } from '@jest/globals';
import { sentences } from '../../../services/review/text/sentences.js';

const split = (text: string) =>
  sentences(text, { start: 0, end: text.length }).map(({ start, end }) => text.slice(start, end));

test.each([
  ['No effusion. Heart is normal.', ['No effusion.', 'Heart is normal.']],
  ['A nodule of 3.5 cm is seen.', ['A nodule of 3.5 cm is seen.']],
  ['Seen by Dr. Madeup. No change.', ['Seen by Dr. Madeup.', 'No change.']],
  ['1. Nodule.\n2. No effusion.', ['1. Nodule.', '2. No effusion.']],
  ['- Nodule\n- No effusion', ['- Nodule', '- No effusion']],
  ['Heart normal\nLungs clear', ['Heart normal', 'Lungs clear']],
  ['The heart is normal in\nsize. Lungs clear.', ['The heart is normal in\nsize.', 'Lungs clear.']],
  [
    'There is a small opacity in the posterior segment of the right\nUpper lobe. Clear left.',
    ['There is a small opacity in the posterior segment of the right\nUpper lobe.', 'Clear left.'],
  ],
  ['\n\n  \n', []],
  ['', []],
])('%j is read as %j', (text, expected) => {
  expect(split(text)).toEqual(expected);
});

test('ranges are places in the whole text', () => {
  const text = 'IMPRESSION: Clear. Normal.';
  expect(sentences(text, { start: 11, end: text.length })).toEqual([
    { start: 12, end: 18 },
    { start: 19, end: 26 },
  ]);
});
