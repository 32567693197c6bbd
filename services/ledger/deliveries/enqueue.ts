import type { NoticeType } from '../../../contracts/index.js';
import { deterministicId, type Tx } from '../../platform/index.js';
import { insertRows } from '../insert-rows.js';

/** pending: due now; in_digest: past the budget; suppressed: recorded only (shadow, age). */
export type NewDelivery = {
  readonly channel: string;
  readonly notice: NoticeType;
  readonly alertId: string;
  readonly alertRevision: number;
  readonly studyId: string;
  readonly state: 'pending' | 'in_digest' | 'suppressed';
};

/** The notices of a change, in the order they have to arrive. Call with `lockAlerting` held: `seq` follows commits. */
export async function enqueueDeliveries(
  tx: Tx,
  deliveries: readonly NewDelivery[],
  now: Date,
): Promise<void> {
  if (deliveries.length === 0) return;
  await insertRows(
    tx,
    'delivery',
    deliveries.map((d) => ({
      id: deterministicId('delivery', d.alertId, String(d.alertRevision), d.channel),
      channel: d.channel,
      notice: d.notice,
      alert_id: d.alertId,
      alert_revision: d.alertRevision,
      study_id: d.studyId,
      state: d.state,
      attempts: 0,
      next_attempt_at: d.state === 'pending' ? now : null,
      created_at: now,
    })),
  );
}

/** Notices each channel was given since `since` on their own, whatever became of them; digests do not count. */
export async function countNotices(tx: Tx, since: Date): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ channel: string; count: number }>(
    `select channel, count(*) as count from delivery
     where created_at >= $1 and notice <> 'alert.digest' and digest_id is null
       and state in ('pending', 'delivered', 'failed')
     group by channel`,
    [since],
  );
  return new Map(rows.map(({ channel, count }) => [channel, count]));
}
