import { type Alert, OverreadError } from '../../contracts/index.js';
import { acknowledgeAlert, recordAudit } from '../ledger/index.js';
import type { ReviewDeps } from './deps.js';

/** An alert as a person saw it. */
export type SeenAlert = { readonly alertId: string; readonly revision: number };

/** Somebody was faster, or the reports changed. Acknowledged by another is what was wanted; the rest is not. */
function refuse({ state }: Alert): void {
  if (state === 'withdrawn') throw new OverreadError('OVR_ALERT_WITHDRAWN');
  if (state === 'open') throw new OverreadError('OVR_ALERT_CHANGED');
}

/**
 * Change, audit entry and event commit together. A second time changes nothing and says nothing. Throws OVR_NOT_FOUND,
 * OVR_ALERT_WITHDRAWN, and OVR_ALERT_CHANGED where the alert says something else than the person saw.
 */
export async function acknowledge(
  { database, bus, clock }: Pick<ReviewDeps, 'database' | 'bus' | 'clock'>,
  seen: SeenAlert,
  actor: string,
): Promise<void> {
  await database.tx(async (tx) => {
    const at = clock.now();
    const done = await acknowledgeAlert(tx, { ...seen, by: actor, at });
    switch (done.kind) {
      case 'unknown':
        throw new OverreadError('OVR_NOT_FOUND', 'alert');
      case 'changed':
        return refuse(done.alert);
      case 'acknowledged':
        await recordAudit(tx, { at, actor, action: 'alert.acknowledged', subject: seen.alertId });
        await bus.append(tx, done.events);
    }
  });
}
