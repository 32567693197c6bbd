import type { NewDelivery } from '../ledger/index.js';

/** A notice before it is known whether it fits the budget. */
export type Notice = Omit<NewDelivery, 'state'> & { readonly urgent: boolean; readonly told: boolean };

/**
 * Part of a day's budget that only urgent notices may use, rounded down. Nobody knows in the morning what the day
 * brings: without a reserve a run of actionable alerts would push the one urgent alert of the evening into a digest.
 */
const URGENT_RESERVE = 0.2;

/** Start of the UTC day: the same instant on every machine, whatever its time zone and through clock changes. */
export function budgetDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}

/**
 * Which notices go out on their own and which wait for the digest; urgent ones are served first. `used` is what
 * each channel was given today. The order within the answer is the order of arrival.
 */
export function allot(
  notices: readonly Notice[],
  used: ReadonlyMap<string, number>,
  dailyBudget: number,
): NewDelivery[] {
  const spent = new Map(used);
  const limit = (urgent: boolean) =>
    urgent ? dailyBudget : dailyBudget - Math.floor(dailyBudget * URGENT_RESERVE);
  const fits = new Set<Notice>();
  for (const notice of notices.toSorted((a, b) => Number(b.urgent) - Number(a.urgent))) {
    const count = spent.get(notice.channel) ?? 0;
    if (!notice.told || count >= limit(notice.urgent)) continue;
    spent.set(notice.channel, count + 1);
    fits.add(notice);
  }
  return notices.map((notice) => {
    const { urgent: _, told, ...delivery } = notice;
    return { ...delivery, state: !told ? 'suppressed' : fits.has(notice) ? 'pending' : 'in_digest' };
  });
}
