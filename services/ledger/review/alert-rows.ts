import {
  type AlertFilter,
  type AlertItem,
  type AlertState,
  type Aspect,
  type Discrepancy,
  Significance,
} from '../../../contracts/index.js';
import type { Queryable } from '../../platform/index.js';
import { Conditions } from '../shared/conditions.js';
import type { WorklistPlace } from '../shared/cursor.js';

/** Worst first: the order of the contract's list, as SQL. */
export const RANK = `array_position(array['${Significance.options.join("','")}']::text[], a.significance)`;
/** Whole milliseconds, because that is what a cursor and JavaScript hold. */
export const AT = 'floor(extract(epoch from p.completed_at) * 1000)::bigint';
export const ORDER = `(${RANK}, ${AT}, a.id)`;

export const COLUMNS = `a.*, ${RANK} as rank, ${AT} as at_ms, p.completed_at, p.document #>> '{exam,description}' as exam`;

/** The worst discrepancy of the latest score; of equals the one the metric is surest of. */
export const WORST = `select d as worst
  from (select document from score where pair_id = a.pair_id order by scored_at desc, id limit 1) latest,
       jsonb_array_elements(coalesce(latest.document #> '{result,discrepancies}', '[]')) d
  order by array_position(array['${Significance.options.join("','")}']::text[], d ->> 'significance'),
           (d ->> 'confidence')::double precision desc
  limit 1`;

export const FROM = 'from alert a join pair p on p.id = a.pair_id';

/** A row of `COLUMNS` with `WORST`. */
export type Row = {
  id: string;
  revision: number;
  rule: string;
  state: AlertState;
  pair_id: string;
  generator_name: string;
  generator_version: string;
  modality: string | null;
  significance: AlertItem['significance'];
  aspects: Aspect[];
  discrepancies: number;
  raised_at: Date;
  updated_at: Date;
  acknowledged_by: string | null;
  acknowledged_at: Date | null;
  shadow: boolean;
  rank: number;
  at_ms: number;
  completed_at: Date;
  exam: string | null;
  worst: Discrepancy | null;
};

export function itemOf(row: Row): AlertItem {
  return {
    id: row.id,
    revision: row.revision,
    rule: row.rule,
    state: row.state,
    pairId: row.pair_id,
    generator: { name: row.generator_name, version: row.generator_version },
    modality: row.modality,
    significance: row.significance,
    aspects: row.aspects,
    discrepancies: row.discrepancies,
    raisedAt: row.raised_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    exam: row.exam,
    completedAt: row.completed_at.toISOString(),
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    shadow: row.shadow,
    worst: row.worst,
  };
}

export function placeOf(row: Pick<Row, 'rank' | 'at_ms' | 'id'>): WorklistPlace {
  return [row.rank, row.at_ms, row.id];
}

/** Everything the filter says but tier and state. */
export function subjectConditions(filter: AlertFilter): Conditions {
  return new Conditions()
    .addIf('?::text = any(a.aspects)', filter.aspect)
    .addIf('a.generator_name = ?', filter.generator)
    .addIf('a.generator_version = ?', filter.version)
    .addIf('a.modality = ?', filter.modality)
    .addIf("p.completed_at >= (?::date)::timestamp at time zone 'UTC'", filter.from)
    .addIf("p.completed_at < (?::date + 1)::timestamp at time zone 'UTC'", filter.to);
}

export function conditions(filter: AlertFilter): Conditions {
  return subjectConditions(filter)
    .addIf('a.significance = ?', filter.tier)
    .addIf('a.state = ?', filter.state === 'any' ? undefined : filter.state);
}

export async function count(db: Queryable, c: Conditions): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`select count(*) as n ${FROM} where ${c.where}`, c.params);
  return rows[0]?.n ?? 0;
}
