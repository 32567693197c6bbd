import { describe, expect, test } from '@jest/globals';
import { allot, budgetDay, type Notice } from '../../services/alerting/budget.js';

let n = 0;
function notice(overrides: Partial<Notice> = {}): Notice {
  n += 1;
  return {
    channel: 'hook',
    notice: 'alert.raised',
    alertId: `alert-${n}`,
    alertRevision: 1,
    studyId: `study-${n}`,
    urgent: false,
    told: true,
    ...overrides,
  };
}

const states = (notices: Notice[], used: number, budget: number) =>
  allot(notices, new Map([['hook', used]]), budget).map(({ state }) => state);

describe('the daily budget', () => {
  test('past it notices wait for the digest', () => {
    expect(states([notice({ urgent: true }), notice({ urgent: true })], 9, 10)).toEqual([
      'pending',
      'in_digest',
    ]);
  });

  test('keeps its last fifth for urgent ones', () => {
    expect(states([notice(), notice(), notice({ urgent: true })], 6, 10)).toEqual([
      'pending',
      'in_digest',
      'pending',
    ]);
  });

  test('serves urgent ones first and leaves the order of arrival', () => {
    expect(states([notice(), notice({ urgent: true })], 0, 1)).toEqual(['in_digest', 'pending']);
  });

  test('of one notice a day is not swallowed by the reserve', () => {
    expect(states([notice()], 0, 1)).toEqual(['pending']);
  });

  test('is counted for each channel, and what nobody is told costs nothing', () => {
    const notices = [notice({ told: false }), notice(), notice({ channel: 'mail' })];
    expect(states(notices, 0, 1)).toEqual(['suppressed', 'pending', 'pending']);
  });

  test('begins anew at midnight UTC', () => {
    expect(budgetDay(new Date('2026-03-29T23:59:59.999Z')).toISOString()).toBe('2026-03-29T00:00:00.000Z');
    expect(budgetDay(new Date('2026-03-30T01:00:00.000+02:00')).toISOString()).toBe(
      '2026-03-29T00:00:00.000Z',
    );
  });
});
