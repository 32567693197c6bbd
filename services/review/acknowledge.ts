import { acknowledgeAlert, recordAudit } from '../ledger/index.js';
import { deterministicId, jsonEvent } from '../platform/index.js';
import type { ReviewDeps } from './deps.js';

/** Address of a case in alerts: opaque, without anything that names a study. */
export function caseUrl(publicUrl: string, pairId: string): string {
  return `${publicUrl.replace(/\/$/, '')}/cases/${pairId}`;
}

/**
 * Change, audit entry and event commit together. A second time changes nothing and says nothing. Throws OVR_NOT_FOUND
 * and OVR_ALERT_WITHDRAWN.
 */
export async function acknowledge(
  { database, bus, clock, pages }: Pick<ReviewDeps, 'database' | 'bus' | 'clock' | 'pages'>,
  alertId: string,
  actor: string,
): Promise<void> {
  await database.tx(async (tx) => {
    const at = clock.now();
    const linkOf = (pairId: string) => caseUrl(pages.publicUrl, pairId);
    const done = await acknowledgeAlert(tx, { alertId, actor, at, linkOf });
    if (done === null) return;
    await recordAudit(tx, { at, actor, action: 'alert.acknowledged', subject: alertId });
    const revision = done.notice.alerts.map((alert) => `${alert.revision}`);
    const id = deterministicId('event', alertId, ...revision, done.notice.type);
    await bus.append(tx, [jsonEvent('overread.alert.changed', done.studyId, id, done.notice)]);
  });
}
