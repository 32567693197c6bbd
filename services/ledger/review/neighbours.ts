import type { AlertFilter } from '../../../contracts/index.js';
import type { Queryable } from '../../platform/index.js';
import type { WorklistPlace } from '../shared/cursor.js';
import { AT, conditions, count, FROM, ORDER, placeOf, RANK, type Row } from './alert-rows.js';

/** What stands before and after a case in the list under a filter; `position` counts from 1, 0 where it is not in it. */
export type Neighbours = {
  readonly previous: string | null;
  readonly next: string | null;
  readonly position: number;
  readonly total: number;
};

/** Works for a case that is no longer in the list too (just acknowledged): its place in the order decides. */
export async function neighbours(db: Queryable, filter: AlertFilter, pairId: string): Promise<Neighbours> {
  const place = await db.query<Pick<Row, 'rank' | 'at_ms' | 'id'>>(
    `select a.id, ${RANK} as rank, ${AT} as at_ms ${FROM} where a.pair_id = $1 order by ${ORDER} limit 1`,
    [pairId],
  );
  const here: WorklistPlace = place.rows[0] === undefined ? [0, 0, ''] : placeOf(place.rows[0]);
  const beside = (compare: '<' | '>', direction: 'asc' | 'desc') => {
    const c = conditions(filter)
      .add(`${ORDER} ${compare} (?::int, ?::bigint, ?::text)`, ...here)
      .add('a.pair_id <> ?', pairId);
    const order = [RANK, AT, 'a.id'].map((column) => `${column} ${direction}`).join(', ');
    return db.query<{ pair_id: string }>(
      `select a.pair_id ${FROM} where ${c.where} order by ${order} limit 1`,
      c.params,
    );
  };
  const before = await beside('<', 'desc');
  const after = await beside('>', 'asc');
  const listed = await count(db, conditions(filter).add('a.pair_id = ?', pairId));
  const upTo = await count(db, conditions(filter).add(`${ORDER} <= (?::int, ?::bigint, ?::text)`, ...here));
  return {
    previous: before.rows[0]?.pair_id ?? null,
    next: after.rows[0]?.pair_id ?? null,
    position: listed > 0 ? upTo : 0,
    total: await count(db, conditions(filter)),
  };
}
