import { describe, expect, test } from '@jest/globals';
import { type LoadReport, loadTable, quantile, slope } from '../../../services/cli/load/report.js';

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);

  test('is the nearest rank of unsorted values', () => {
    expect([0.5, 0.95, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([50, 95, 99, 100]);
    expect(quantile([3], 0.99)).toBe(3);
    expect(quantile([1, 2], 0.5)).toBe(1);
  });

  test('of nothing is not a number', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('a slope', () => {
  test('is the rise a step, whatever lies around the line', () => {
    expect(slope([1, 3, 5, 7])).toBeCloseTo(2);
    expect(slope([5, 5, 5])).toBeCloseTo(0);
    expect(slope([0, 2, 1, 3])).toBeCloseTo(0.8);
  });

  test('of one value is flat', () => {
    expect(slope([4])).toBe(0);
  });
});

test('the table has a line for each figure and a dash where nothing was measured', () => {
  const report: LoadReport = {
    machine: { cpu: 'made-up', cores: 2, memoryGiB: 8, system: 'linux', node: 'v20' },
    connections: 8,
    messageBytes: 2000,
    intake: {
      messages: 100,
      seconds: 2,
      perSecond: 50,
      answers: { AA: 99, AE: 1 },
      ackMs: { p50: 1, p95: 2, p99: 3.25, max: 9 },
    },
    syncCeiling: { independent: 100, shared: 400 },
    shareOfCeiling: 0.5,
    path: {
      pairsScored: 40,
      alertsRaised: 2,
      finalToAlertSeconds: { p50: Number.NaN, p95: Number.POSITIVE_INFINITY, p99: 0.5 },
      drainSeconds: 0.25,
    },
    memoryMiB: { start: 200, max: 300, end: 250, slope: 0.5 },
  };
  const table = loadTable(report);
  expect(table).toMatch(/^answers +AA 99, AE 1$/m);
  expect(table).toMatch(/^share of ceiling +50\.0 %/m);
  expect(table).toMatch(/^final to alert +p50 ≤ – s, p95 ≤ – s, p99 ≤ 0\.50 s$/m);
});
