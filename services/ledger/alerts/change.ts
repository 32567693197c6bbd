import type { Alert, NoticeType } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';
import { insertRows } from '../insert-rows.js';

/** A new revision of an alert, or its first. `alert` is how it stands afterwards. */
export type AlertChange = {
  readonly alert: Alert;
  readonly studyId: string;
  readonly notice: NoticeType;
  readonly shadow: boolean;
  /** Given when somebody acknowledges; otherwise an earlier acknowledgement stays until the alert is open again. */
  readonly acknowledged?: { readonly by: string; readonly at: Date };
};

/** Ids of `ids` that an alert already has. */
export async function takenAlertIds(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>('select id from alert where id = any($1::text[])', [ids]);
  return new Set(rows.map(({ id }) => id));
}

function row({ alert, studyId, shadow, acknowledged }: AlertChange) {
  return {
    id: alert.id,
    revision: alert.revision,
    rule: alert.rule,
    state: alert.state,
    study_id: studyId,
    pair_id: alert.pairId,
    generator_name: alert.generator.name,
    generator_version: alert.generator.version,
    modality: alert.modality,
    significance: alert.significance,
    aspects: alert.aspects,
    discrepancies: alert.discrepancies,
    raised_at: alert.raisedAt,
    updated_at: alert.updatedAt,
    acknowledged_by: acknowledged?.by ?? null,
    acknowledged_at: acknowledged?.at ?? null,
    shadow,
    document: alert,
  };
}

const KEEP_ACKNOWLEDGEMENT = (column: string) =>
  `${column} = case when excluded.state = 'open' then null else coalesce(excluded.${column}, alert.${column}) end`;

/** Writes alerts as they stand now, and each as a revision of its history. Call with the alert rows locked. */
export async function writeAlertChanges(tx: Tx, changes: readonly AlertChange[]): Promise<void> {
  if (changes.length === 0) return;
  await insertRows(
    tx,
    'alert',
    changes.map(row),
    `on conflict (id) do update set
       revision = excluded.revision, state = excluded.state, study_id = excluded.study_id,
       pair_id = excluded.pair_id, modality = excluded.modality, significance = excluded.significance,
       aspects = excluded.aspects, discrepancies = excluded.discrepancies, raised_at = excluded.raised_at,
       updated_at = excluded.updated_at, shadow = excluded.shadow, document = excluded.document,
       ${KEEP_ACKNOWLEDGEMENT('acknowledged_by')}, ${KEEP_ACKNOWLEDGEMENT('acknowledged_at')}`,
  );
  await insertRows(
    tx,
    'alert_revision',
    changes.map(({ alert, notice }) => ({
      alert_id: alert.id,
      revision: alert.revision,
      notice,
      document: alert,
      at: alert.updatedAt,
    })),
  );
}
