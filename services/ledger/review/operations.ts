import type { HealthSummary } from '../../../contracts/index.js';
import type { Queryable } from '../../platform/index.js';

const DAY_MS = 86_400_000;

export type LedgerHealth = Pick<HealthSummary, 'feeds' | 'waiting' | 'deadLetters' | 'deliveries'>;

/** By configured name, so that a feed nothing ever came from is in the list. */
async function feeds(db: Queryable, names: readonly string[], now: Date): Promise<LedgerHealth['feeds']> {
  const { rows } = await db.query<{ name: string; last: Date | null; recent: number }>(
    `select name,
       (select max(received_at) from report_version where feed = configured.name) as last,
       (select count(*) from report_version where feed = configured.name and received_at > $2) as recent
     from unnest($1::text[]) with ordinality as configured (name, place) order by place`,
    [[...names], new Date(now.getTime() - DAY_MS)],
  );
  return rows.map(({ name, last, recent }) => ({
    name,
    lastReceivedAt: last?.toISOString() ?? null,
    lastDay: recent,
  }));
}

async function waiting(db: Queryable, now: Date): Promise<LedgerHealth['waiting']> {
  const { rows } = await db.query<{ final: number; draft: number; overdue: number; oldest: Date | null }>(
    `select count(*) filter (where missing = 'final') as final,
            count(*) filter (where missing = 'draft') as draft,
            count(*) filter (where due_at <= $1) as overdue,
            min(since) as oldest
     from study_wait`,
    [now],
  );
  const row = rows[0];
  return {
    forFinal: row?.final ?? 0,
    forDraft: row?.draft ?? 0,
    overdue: row?.overdue ?? 0,
    oldestSince: row?.oldest?.toISOString() ?? null,
  };
}

async function deliveries(db: Queryable): Promise<LedgerHealth['deliveries']> {
  const { rows } = await db.query<{
    channel: string;
    pending: number;
    failed: number;
    delivered: Date | null;
    error: string | null;
  }>(
    `select channel,
            count(*) filter (where state = 'pending') as pending,
            count(*) filter (where state = 'failed') as failed,
            max(delivered_at) as delivered,
            (array_agg(last_error order by created_at desc)
              filter (where last_error is not null and state in ('pending', 'failed')))[1] as error
     from delivery group by channel order by channel`,
  );
  return rows.map(({ channel, pending, failed, delivered, error }) => ({
    channel,
    pending,
    failed,
    lastDeliveredAt: delivered?.toISOString() ?? null,
    lastError: error,
  }));
}

/** What the ledger knows of the way of the reports; `feedNames` as configured. */
export async function ledgerHealth(
  db: Queryable,
  feedNames: readonly string[],
  now: Date,
): Promise<LedgerHealth> {
  const open = await db.query<{ stage: string; code: string; open: number }>(
    `select stage, code, count(*) as open from dead_letter where state = 'open'
     group by stage, code order by stage, code`,
  );
  return {
    feeds: await feeds(db, feedNames, now),
    waiting: await waiting(db, now),
    deadLetters: open.rows,
    deliveries: await deliveries(db),
  };
}

/** When any report came in last; null while none has. */
export async function lastReceived(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ last: Date | null }>(
    'select max(received_at) as last from report_version',
  );
  return rows[0]?.last ?? null;
}
