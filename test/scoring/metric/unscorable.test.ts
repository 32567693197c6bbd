import { expect, test } from '@jest/globals';
import { loadMetric } from '../../../services/scoring/index.js';
import { input, scoringConfig } from '../support/input.js';

const metric = loadMetric(scoringConfig({ maxCharacters: 5000 }));
const report =
  'FINDINGS: The lungs are clear. Heart size is normal. No pleural effusion. No rib fracture.\nIMPRESSION: Normal chest.';

test.each([
  ['empty_text', ''],
  ['empty_text', ' \n\t '],
  ['not_a_report', 'Report to follow.'],
  ['not_a_report', 'See attached PDF'],
  ['not_a_report', 'The quick brown fox jumps over the lazy dog and then goes home to sleep.'],
  ['unfilled_template', 'FINDINGS: The lungs are [clear/not clear]. Heart [normal]. ___\nIMPRESSION: ***'],
  ['unfilled_template', 'Findings: {{findings}}\nImpression: {{impression}}'],
  ['generator_refusal', "I'm sorry, but I cannot provide a diagnosis for this image."],
  ['generator_refusal', 'As an AI language model I am unable to interpret this chest radiograph.'],
  [
    'unsupported_language',
    'Die Lunge ist frei. Kein Pleuraerguss und kein Pneumothorax. Das Herz ist nicht vergrößert.',
  ],
  [
    'unsupported_language',
    'Les poumons sont clairs, sans épanchement. Le coeur est de taille normale. Pas de pneumothorax.',
  ],
  ['unsupported_language', 'Легкие без очаговых изменений. Сердце не расширено.'],
  [
    'different_examination',
    'FINDINGS: Tear of the medial meniscus. The anterior cruciate ligament of the knee is intact.',
  ],
  ['too_long', `${report} `.repeat(60)],
] as const)('%s: %j', (reason, text) => {
  expect(metric.score(input(text, report))).toEqual({ state: 'unscorable', reason });
  expect(metric.score(input(report, text))).toEqual({ state: 'unscorable', reason });
});

test.each([
  [
    'a removed name or date is no template',
    `${report}\nCompared with the study of [DATE], unchanged. Dr. ___ was informed.`,
  ],
  ['a terse report is a report', 'Chest clear. Heart normal.'],
  ['one word is a report', 'Normal.'],
  ['a regretted call is no refusal', `${'The lungs are clear. '.repeat(80)}I'm sorry for the delay.`],
  [
    'an abdomen seen on a chest film is not another examination',
    'No free air. Lungs clear. Bowel gas pattern normal. Liver shadow normal.',
  ],
])('%s', (_rule, text) => {
  expect(metric.score(input(text, report)).state).toBe('scored');
});
