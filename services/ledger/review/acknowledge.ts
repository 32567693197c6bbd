import { type Alert, type AlertNotice, type AlertState, OverreadError } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';

type Row = {
  revision: number;
  state: AlertState;
  rule: string;
  study_id: string;
  pair_id: string;
  generator_name: string;
  generator_version: string;
  modality: string | null;
  significance: Alert['significance'];
  aspects: Alert['aspects'];
  discrepancies: number;
  raised_at: Date;
};

export type Acknowledgement = {
  readonly alertId: string;
  readonly actor: string;
  readonly at: Date;
  /** Address of a case by its pair id. */
  readonly linkOf: (pairId: string) => string;
};

/** What is to be said on the alerts topic, with its key; null where the alert was acknowledged before. */
export type Acknowledged = { readonly studyId: string; readonly notice: AlertNotice };

/**
 * Open to acknowledged. The row is locked, so two people at once make one change. Throws OVR_NOT_FOUND and
 * OVR_ALERT_WITHDRAWN. The revision stays: what the alert says has not changed.
 */
export async function acknowledgeAlert(tx: Tx, given: Acknowledgement): Promise<Acknowledged | null> {
  const { rows } = await tx.query<Row>('select * from alert where id = $1 for update', [given.alertId]);
  const row = rows[0];
  if (row === undefined) throw new OverreadError('OVR_NOT_FOUND', 'alert');
  if (row.state === 'withdrawn') throw new OverreadError('OVR_ALERT_WITHDRAWN');
  if (row.state === 'acknowledged') return null;
  await tx.query(
    `update alert set state = 'acknowledged', acknowledged_by = $2, acknowledged_at = $3, updated_at = $3
     where id = $1`,
    [given.alertId, given.actor, given.at],
  );
  const alert: Alert = {
    id: given.alertId,
    revision: row.revision,
    rule: row.rule,
    state: 'acknowledged',
    pairId: row.pair_id,
    generator: { name: row.generator_name, version: row.generator_version },
    modality: row.modality,
    significance: row.significance,
    aspects: row.aspects,
    discrepancies: row.discrepancies,
    link: given.linkOf(row.pair_id),
    raisedAt: row.raised_at.toISOString(),
    updatedAt: given.at.toISOString(),
  };
  await tx.query(
    `insert into alert_revision (alert_id, revision, notice, document, at)
     values ($1, $2, 'alert.acknowledged', $3::jsonb, $4) on conflict do nothing`,
    [given.alertId, row.revision, JSON.stringify(alert), given.at],
  );
  return {
    studyId: row.study_id,
    notice: {
      type: 'alert.acknowledged',
      alerts: [alert],
      sentAt: given.at.toISOString(),
      notice: 'retrospective QA - not a critical-result channel',
    },
  };
}
