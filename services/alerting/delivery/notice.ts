import { type AlertNotice, RETROSPECTIVE_NOTICE } from '../../../contracts/index.js';
import type { ClaimedDelivery } from '../../ledger/index.js';
import { compareTiers } from '../rules.js';

/** A digest after a bad night must still fit a mail and a receiver's body limit; the counts tell the rest. */
const LISTED_IN_DIGEST = 100;

/** The payload of a delivery. A digest counts its alerts by tier and lists the worst, oldest first. */
export function noticeOf({ notice, alerts }: ClaimedDelivery, now: Date): AlertNotice {
  const base = { type: notice, sentAt: now.toISOString(), notice: RETROSPECTIVE_NOTICE } as const;
  if (notice !== 'alert.digest') return { ...base, alerts: [...alerts] };
  const standing = alerts.filter((alert) => alert.state !== 'withdrawn');
  const count = (tier: string) => standing.filter((alert) => alert.significance === tier).length;
  const rank = (state: string) => Number(state === 'withdrawn');
  const listed = alerts.toSorted(
    (a, b) =>
      rank(a.state) - rank(b.state) ||
      compareTiers(a.significance, b.significance) ||
      Date.parse(a.raisedAt) - Date.parse(b.raisedAt),
  );
  return {
    ...base,
    alerts: listed.slice(0, LISTED_IN_DIGEST),
    counts: {
      urgent: count('urgent'),
      actionable: count('actionable'),
      withdrawn: alerts.length - standing.length,
    },
  };
}
