import type { AlertFilter, AlertItem, AlertPage, TierCounts } from '../../../contracts/index.js';
import type { Queryable } from '../../platform/index.js';
import { decodeCursor, encodeCursor, WorklistPlace } from '../shared/cursor.js';
import {
  COLUMNS,
  conditions,
  count,
  FROM,
  itemOf,
  ORDER,
  placeOf,
  type Row,
  subjectConditions,
  WORST,
} from './alert-rows.js';

async function tierCounts(db: Queryable, filter: AlertFilter): Promise<TierCounts> {
  const c = subjectConditions(filter).add("a.state = 'open'");
  const { rows } = await db.query<{ significance: keyof TierCounts; n: number }>(
    `select a.significance, count(*) as n ${FROM} where ${c.where} group by a.significance`,
    c.params,
  );
  return {
    urgent: 0,
    actionable: 0,
    minor: 0,
    ...Object.fromEntries(rows.map((r) => [r.significance, r.n])),
  };
}

export type WorklistQuery = AlertFilter & { readonly after?: string | undefined; readonly limit: number };

/** A page of the worklist: worst tier first, then the oldest. Throws OVR_REQUEST_INVALID for a foreign cursor. */
export async function worklist(db: Queryable, query: WorklistQuery): Promise<AlertPage> {
  const c = conditions(query);
  if (query.after !== undefined) {
    const [rank, at, id] = decodeCursor(query.after, WorklistPlace);
    c.add(`${ORDER} > (?::int, ?::bigint, ?::text)`, rank, at, id);
  }
  const { rows } = await db.query<Row>(
    // The page is cut first: scores are opened for the alerts shown, not for all that match.
    `select a.*, w.worst
     from (select ${COLUMNS} ${FROM} where ${c.where} order by ${ORDER} limit ${query.limit + 1}) a
       left join lateral (${WORST}) w on true
     order by a.rank, a.at_ms, a.id`,
    c.params,
  );
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    alerts: shown.map(itemOf),
    open: await tierCounts(db, query),
    total: await count(db, conditions(query)),
    next: rows.length > shown.length && last !== undefined ? encodeCursor(placeOf(last)) : null,
  };
}

async function items(db: Queryable, column: 'a.id' | 'a.pair_id', value: string): Promise<Row[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS}, w.worst ${FROM} left join lateral (${WORST}) w on true
     where ${column} = $1 order by ${ORDER}`,
    [value],
  );
  return rows;
}

export async function alertItem(db: Queryable, alertId: string): Promise<AlertItem | null> {
  const [row] = await items(db, 'a.id', alertId);
  return row === undefined ? null : itemOf(row);
}

export async function alertsOfPair(db: Queryable, pairId: string): Promise<readonly AlertItem[]> {
  return (await items(db, 'a.pair_id', pairId)).map(itemOf);
}
