import { describe, expect, test } from '@jest/globals';
import { settlementOf } from '../../../services/alerting/delivery/backoff.js';
import type { SendResult } from '../../../services/alerting/delivery/channel.js';

const policy = { maxAttempts: 5, firstBackoffSeconds: 2, maxBackoffSeconds: 10 };
const now = new Date('2026-03-04T08:00:00.000Z');
const retry: SendResult = { kind: 'retry', error: 'http_503' };

function waitSeconds(result: SendResult, attempts: number, random = 0.999_999): number | null {
  const settlement = settlementOf(result, attempts, policy, now, random);
  return settlement.state === 'pending'
    ? Math.round((settlement.nextAttemptAt.getTime() - now.getTime()) / 1000)
    : null;
}

describe('after a failed attempt', () => {
  test('the wait doubles up to the greatest', () => {
    expect([1, 2, 3, 4].map((attempts) => waitSeconds(retry, attempts))).toEqual([2, 4, 8, 10]);
  });

  test('chance takes away at most half', () => {
    expect(waitSeconds(retry, 2, 0)).toBe(2);
  });

  test('the last attempt gives up, and so does a permanent failure at once', () => {
    const gone = { state: 'failed', error: 'http_503' };
    expect(settlementOf(retry, 5, policy, now, 0)).toEqual(gone);
    expect(settlementOf({ kind: 'failed', error: 'http_503' }, 1, policy, now, 0)).toEqual(gone);
  });

  test('a receiver may ask for more time, not for less', () => {
    expect(waitSeconds({ ...retry, retryAfterMs: 60_000 }, 1)).toBe(60);
    expect(waitSeconds({ ...retry, retryAfterMs: 10 }, 3)).toBe(8);
  });
});
