import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Kind, MetricResult } from '../../../contracts/index.js';
import { loadMetric } from '../../../services/scoring/index.js';
import { input, scoringConfig } from '../support/input.js';
import { labelledPairs, measure } from '../support/pairs.js';

const metric = loadMetric(scoringConfig());
const development = labelledPairs('development');
const check = labelledPairs('check');
const all = [...development, ...check];

describe('on pairs written before it', () => {
  test.each([
    ['development', development, 0.95],
    ['check', check, 0.9],
  ] as const)('the %s set keeps its figures: D and R at least the floor', (_name, pairs, floor) => {
    const { D, R } = measure(metric, pairs);
    expect({ D: D >= floor, R: R >= floor, figures: { D, R } }).toMatchObject({ D: true, R: true });
  });

  test('no harmless pair may raise an alert', () => {
    const { judged } = measure(metric, all);
    const loud = judged.filter(
      ({ pair, result }) => !pair.significant && result.state === 'scored' && result.alertable,
    );
    expect(loud.map(({ pair }) => pair.id)).toEqual([]);
  });

  test('most significant differences are told under the aspect a reader gave them', () => {
    const { judged } = measure(metric, all);
    const flagged = judged.filter(({ pair, flagged }) => pair.significant && pair.aspect !== null && flagged);
    const right = flagged.filter(
      ({ pair, result }) =>
        result.state === 'scored' &&
        result.discrepancies.some((d) => d.significant && d.aspect === pair.aspect),
    );
    expect(right.length / flagged.length).toBeGreaterThanOrEqual(0.85);
  });
});

describe('every result', () => {
  const results = all.map((pair) => ({ pair, result: metric.score(pair) }));

  test('fits the contract: valid kinds, tiers and flags', () => {
    for (const { result } of results) expect(MetricResult.safeParse(result).error?.issues ?? []).toEqual([]);
  });

  test('points at words that stand in the texts as given', () => {
    for (const { pair, result } of results) {
      if (result.state !== 'scored') continue;
      for (const d of result.discrepancies) {
        for (const side of ['draft', 'final'] as const) {
          for (const span of d[side]) expect(pair[side].slice(span.start, span.end)).toBe(span.text);
        }
        expect([d.draft.length === 0, d.final.length === 0]).toEqual([
          d.kind === 'omission',
          d.kind === 'fabrication',
        ]);
      }
    }
  });

  test('is significant exactly when a discrepancy is and exactly when the probability reaches the balanced point', () => {
    const { balanced, alerting } = metric.operatingPoints;
    for (const { result } of results) {
      if (result.state !== 'scored') continue;
      expect(result.discrepancies.some((d) => d.significant)).toBe(result.significant);
      expect(result.probability >= balanced).toBe(result.significant);
      expect(result.probability >= alerting).toBe(result.alertable);
      expect(result.significance).toBe(result.discrepancies[0]?.significance ?? 'none');
    }
  });

  test('turns round with its texts: an omission becomes a fabrication, the verdict stays', () => {
    const turned: Readonly<Record<Kind, Kind>> = {
      omission: 'fabrication',
      fabrication: 'omission',
      inaccuracy: 'inaccuracy',
    };
    for (const { pair, result } of results) {
      const back = metric.score({ ...pair, draft: pair.final, final: pair.draft });
      if (result.state !== 'scored' || back.state !== 'scored') throw new Error('unscorable');
      const findings = (r: typeof back) =>
        r.discrepancies.filter((d) => d.aspect === 'finding').map((d) => d.kind);
      expect(findings(back).sort()).toEqual(
        findings(result)
          .map((kind) => turned[kind])
          .sort(),
      );
    }
  });
});

test('identical texts say nothing and carry no evidence', () => {
  for (const { final } of check) {
    const same = metric.score(input(final, final));
    expect(same).toMatchObject({ significance: 'none', discrepancies: [], divergence: 0 });
  }
});

test('the probability follows the prevalence of the site, the verdict does not', () => {
  const pair = input('No pneumothorax.', 'Small left apical pneumothorax.');
  const results = [0.006, 0.02, 0.5].map((prevalence) =>
    loadMetric(scoringConfig({ prevalence })).score(pair),
  );
  const probabilities = results.map((r) => (r.state === 'scored' ? r.probability : Number.NaN));
  expect(probabilities).toEqual([...probabilities].sort());
  expect(probabilities[0]).toBeLessThan(0.3);
  expect(probabilities[2]).toBeGreaterThan(0.9);
  expect(results.every((r) => r.state === 'scored' && r.significant)).toBe(true);
});

test('the fingerprint changes with what decides a score and with nothing else', () => {
  const print = (overrides = {}) => loadMetric(scoringConfig(overrides)).info.fingerprint;
  expect(print()).toBe(print({ workers: 4, timeLimitMs: 50 }));
  expect(print()).not.toBe(print({ prevalence: 0.01 }));
});

test('no text makes it throw or break the contract', () => {
  const words = fc.constantFrom(
    ...'no without pneumothorax small 9 mm left right . , ; and nodule T8 ett carina 1. \n - FINDINGS: IMPRESSION: recommend CT 6 weeks resolved é ﬁ 💀 cannot be excluded'.split(
      ' ',
    ),
  );
  const report = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.array(words).map((w) => w.join(' ')),
  );
  fc.assert(
    fc.property(report, report, (draft, final) => {
      expect(MetricResult.safeParse(metric.score(input(draft, final))).success).toBe(true);
    }),
    { numRuns: 500 },
  );
});
