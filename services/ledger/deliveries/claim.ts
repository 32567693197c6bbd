import type { Alert, NoticeType } from '../../../contracts/index.js';
import type { Database, Tx } from '../../platform/index.js';

/** A delivery this process may attempt until its claim ends. `attempts` counts this one. */
export type ClaimedDelivery = {
  readonly id: string;
  readonly channel: string;
  readonly notice: NoticeType;
  readonly alerts: readonly Alert[];
  readonly attempts: number;
  readonly createdAt: Date;
};

export type Claim = {
  readonly channel: string;
  readonly now: Date;
  /** From then on another process may take the delivery: later than any attempt can last. */
  readonly until: Date;
  readonly limit: number;
};

/**
 * What a channel has due, oldest first, claimed for this process; several processes share the work. A notice waits
 * for earlier ones of its study (or alert: studies merge), and for an earlier digest that names it; a digest waits
 * for all before it.
 */
export function claimDeliveries(database: Database, claim: Claim): Promise<ClaimedDelivery[]> {
  return database.tx(async (tx) => {
    const { rows } = await tx.query<{ id: string; notice: NoticeType; attempts: number; created_at: Date }>(
      `with due as (
         select d.id from delivery d
         where d.channel = $1 and d.state = 'pending' and d.next_attempt_at <= $2
           and not exists (
             select 1 from delivery e
             where e.channel = d.channel and e.state = 'pending' and e.seq < d.seq and e.study_id = d.study_id)
           and not exists (
             select 1 from delivery e
             where e.channel = d.channel and e.state = 'pending' and e.seq < d.seq and e.alert_id = d.alert_id)
           and not (d.notice = 'alert.digest' and exists (
             select 1 from delivery e
             where e.channel = d.channel and e.state = 'pending' and e.seq < d.seq))
           and not exists (
             select 1 from delivery g join delivery m on m.digest_id = g.id
             where g.channel = d.channel and g.notice = 'alert.digest' and g.state = 'pending' and g.seq < d.seq
               and (m.study_id = d.study_id or m.alert_id = d.alert_id))
         order by d.seq limit $4
         for update of d skip locked)
       update delivery set attempts = attempts + 1, next_attempt_at = $3
       from due where delivery.id = due.id
       returning delivery.id, notice, attempts, created_at`,
      [claim.channel, claim.now, claim.until, claim.limit],
    );
    const alerts = await alertsOf(
      tx,
      rows.map((row) => row.id),
    );
    return rows.map((row) => ({
      id: row.id,
      channel: claim.channel,
      notice: row.notice,
      alerts: alerts.get(row.id) ?? [],
      attempts: row.attempts,
      createdAt: row.created_at,
    }));
  });
}

/**
 * The alerts each delivery speaks of, as of its revision. A digest shows each alert once, at the newest revision
 * that its channel has been told or is told by it, so that it never takes a reader back.
 */
async function alertsOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Alert[]>> {
  const { rows } = await tx.query<{ id: string; document: Alert }>(
    `with own as (
       select id, alert_id, alert_revision, channel from delivery where id = any($1::text[]) and alert_id is not null
       union all
       select digest_id, alert_id, max(alert_revision), channel from delivery where digest_id = any($1::text[])
       group by digest_id, alert_id, channel)
     select own.id, r.document from own
     join alert_revision r on r.alert_id = own.alert_id and r.revision = greatest(own.alert_revision, (
       select max(d.alert_revision) from delivery d
       where d.alert_id = own.alert_id and d.channel = own.channel and d.state = 'delivered'))
     order by own.id, r.alert_id`,
    [ids],
  );
  const alerts = new Map<string, Alert[]>();
  for (const { id, document } of rows) alerts.set(id, [...(alerts.get(id) ?? []), document]);
  return alerts;
}
