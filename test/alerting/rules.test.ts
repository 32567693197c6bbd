import { describe, expect, test } from '@jest/globals';
import { AlertRule } from '../../contracts/index.js';
import { match } from '../../services/alerting/rules.js';
import { discrepancy } from '../support/scored-pairs.js';

const subject = { generator: { name: 'GenExample', version: '2.1' }, modality: 'CT' };
const verdict = {
  alertable: true,
  discrepancies: [
    discrepancy({ aspect: 'device', significance: 'actionable' }),
    discrepancy({ aspect: 'finding', significance: 'urgent' }),
    discrepancy({ aspect: 'severity', kind: 'inaccuracy', significance: 'minor' }),
  ],
};

describe('a rule', () => {
  test.each([
    [
      'empty asks for everything significant',
      {},
      { significance: 'urgent', aspects: ['finding', 'device'], discrepancies: 2 },
    ],
    [
      'by tier takes only that tier',
      { tiers: ['actionable'] },
      { significance: 'actionable', aspects: ['device'], discrepancies: 1 },
    ],
    [
      'by aspect takes only those',
      { aspects: ['device', 'location'] },
      { significance: 'actionable', aspects: ['device'], discrepancies: 1 },
    ],
    ['by an aspect with a minor difference alone matches nothing', { aspects: ['severity'] }, null],
    ['by modality matches it', { modalities: ['CT', 'MR'] }, { significance: 'urgent' }],
    ['by another modality does not', { modalities: ['MR'] }, null],
    ['by generator matches every version', { generators: ['GenExample'] }, { significance: 'urgent' }],
    [
      'by generator and version matches that version',
      { generators: ['GenExample@2.1'] },
      { significance: 'urgent' },
    ],
    ['by another version does not', { generators: ['GenExample@2.0'] }, null],
  ])('%s', (_, rule, expected) => {
    const found = match(AlertRule.parse({ name: 'r', ...rule }), subject, verdict);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  test('matches nothing below the alerting operating point', () => {
    expect(match(AlertRule.parse({ name: 'r' }), subject, { ...verdict, alertable: false })).toBeNull();
  });

  test('that names a modality does not match an unknown one', () => {
    const unknown = { ...subject, modality: null };
    expect(match(AlertRule.parse({ name: 'r', modalities: ['CT'] }), unknown, verdict)).toBeNull();
    expect(match(AlertRule.parse({ name: 'r' }), unknown, verdict)).not.toBeNull();
  });
});
