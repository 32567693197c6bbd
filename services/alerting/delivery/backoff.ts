import type { AlertingConfig } from '../../../contracts/index.js';
import type { Settlement } from '../../ledger/index.js';
import type { SendResult } from './channel.js';

/**
 * Seconds before attempt `attempts + 1`: doubling from the first to the greatest, and of that a random part between
 * half and all, so that what failed together does not come back together.
 */
function backoffMs(policy: AlertingConfig['delivery'], attempts: number, random: number): number {
  const seconds = Math.min(policy.maxBackoffSeconds, policy.firstBackoffSeconds * 2 ** (attempts - 1));
  return seconds * 1000 * (0.5 + random / 2);
}

/** What becomes of a delivery after its attempt number `attempts`. A receiver's Retry-After is a lower bound. */
export function settlementOf(
  result: SendResult,
  attempts: number,
  policy: AlertingConfig['delivery'],
  now: Date,
  random: number,
): Settlement {
  if (result.kind === 'delivered') return { state: 'delivered', at: now };
  if (result.kind === 'failed' || attempts >= policy.maxAttempts) {
    return { state: 'failed', error: result.error };
  }
  const wait = Math.max(backoffMs(policy, attempts, random), result.retryAfterMs ?? 0);
  return { state: 'pending', nextAttemptAt: new Date(now.getTime() + wait), error: result.error };
}
