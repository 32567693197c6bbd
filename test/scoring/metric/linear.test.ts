import { expect, test } from '@jest/globals';
import { loadMetric } from '../../../services/scoring/index.js';
import { input, scoringConfig } from '../support/input.js';
import { labelledPairs } from '../support/pairs.js';

const config = scoringConfig();
const metric = loadMetric(config);
const reports = labelledPairs('check').map((pair) => pair.final);

const fill = (line: (i: number) => string, length: number) => {
  let text = '';
  for (let i = 0; text.length < length; i += 1) text += `${line(i)}\n`;
  return text.slice(0, length);
};

/** Texts of the greatest length that are hard in different ways: real, repeated, unknown words, no full stops, all unlike. */
const HARD: readonly [string, (i: number) => string][] = [
  ['real reports', (i) => reports[i % reports.length] ?? ''],
  ['one sentence again and again', () => 'There is a small right pleural effusion.'],
  ['unknown words', (i) => `The lorem${i} and the ipsum${i % 97} of the lung.`],
  ['no full stop', () => 'opacity and effusion, left lower lobe nodule 4 mm'],
  ['no space', () => 'effusion,nodule,'],
  ['ten thousand nodules', (i) => `A ${i + 1} mm nodule in the left upper lobe.`],
];

test.each(HARD)('200 kB of %s end far below the time limit', (_kind, line) => {
  const draft = fill(line, config.maxCharacters);
  const final = fill(
    (i) =>
      line(i + 5)
        .replace('left', 'right')
        .replace('small', 'large'),
    config.maxCharacters,
  );
  const begin = performance.now();
  const result = metric.score(input(draft, final));
  expect(performance.now() - begin).toBeLessThan(config.timeLimitMs / 2);
  expect(result.state).toBe('scored');
});
