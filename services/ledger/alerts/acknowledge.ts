import type { Alert } from '../../../contracts/index.js';
import type { OutgoingEvent, Tx } from '../../platform/index.js';
import { type AlertChange, writeAlertChanges } from './change.js';
import { alertChangedEvent } from './event.js';

export type Acknowledgement = {
  readonly alertId: string;
  /** The revision the person saw. */
  readonly revision: number;
  /** Who; an opaque name of the login, never shown outside. */
  readonly by: string;
  readonly at: Date;
};

export type Acknowledged =
  | { readonly kind: 'acknowledged'; readonly alert: Alert; readonly events: readonly OutgoingEvent[] }
  /** The alert is not as the person saw it, or is no longer open: show `alert` and let them decide again. */
  | { readonly kind: 'changed'; readonly alert: Alert }
  | { readonly kind: 'unknown' };

/**
 * An open alert becomes acknowledged, as a new revision, if it still stands at the revision the person saw. Append
 * `events` to the bus last in the same transaction. Delivered to no channel: whoever acknowledges knows.
 */
export async function acknowledgeAlert(tx: Tx, given: Acknowledgement): Promise<Acknowledged> {
  const { rows } = await tx.query<{ document: Alert; study_id: string; shadow: boolean }>(
    'select document, study_id, shadow from alert where id = $1 for update',
    [given.alertId],
  );
  const row = rows[0];
  if (row === undefined) return { kind: 'unknown' };
  if (row.document.revision !== given.revision || row.document.state !== 'open') {
    return { kind: 'changed', alert: row.document };
  }
  const change: AlertChange = {
    alert: {
      ...row.document,
      revision: row.document.revision + 1,
      state: 'acknowledged',
      updatedAt: given.at.toISOString(),
    },
    studyId: row.study_id,
    notice: 'alert.acknowledged',
    shadow: row.shadow,
    acknowledged: { by: given.by, at: given.at },
  };
  await writeAlertChanges(tx, [change]);
  const event = alertChangedEvent(change);
  return { kind: 'acknowledged', alert: change.alert, events: event === null ? [] : [event] };
}
