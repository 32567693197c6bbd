import type { Tx } from '../../platform/index.js';
import type { Removed } from './removed.js';

/**
 * Studies nothing has been received for since $1, oldest first. A message that said a version again counts as
 * received too, so a study is kept whole as long as any of its reports is.
 */
const EXPIRED = `
select s.id from study s
where s.created_at < $1 and s.merged_into is null and not exists (
  select 1 from study_version v join report_version r on r.id = v.version_id
  where v.study_id = s.id and (r.received_at >= $1 or exists (
    select 1 from version_occurrence o where o.version_id = r.id and o.received_at >= $1)))
order by s.created_at limit $2`;

/** Of versions no study has any more, those no pair of a study that stays is made of. */
const FREE_VERSIONS = `
select v.id from unnest($1::text[]) as v (id)
where not exists (select 1 from study_version s where s.version_id = v.id)
  and not exists (select 1 from pair p where p.draft_version = v.id)
  and not exists (select 1 from pair p where p.truth_versions @> array[v.id])`;

/** Versions no study has: a newer revision of the normaliser, or a correction, took them away. */
const LOOSE_VERSIONS = `
select r.id from report_version r
where r.received_at < $1
  and not exists (select 1 from study_version s where s.version_id = r.id)
  and not exists (select 1 from version_occurrence o where o.version_id = r.id and o.received_at >= $1)
  and not exists (select 1 from pair p where p.draft_version = r.id)
  and not exists (select 1 from pair p where p.truth_versions @> array[r.id])
order by r.received_at limit $2`;

const PAIRS = 'select id from pair where study_id = any($1)';
const ALERTS = `select id from alert where pair_id in (${PAIRS})`;

/** What hangs on studies ($1), in the order the foreign keys need. */
const OF_STUDIES = {
  delivery: `delete from delivery where alert_id in (${ALERTS})`,
  alert_revision: `delete from alert_revision where alert_id in (${ALERTS})`,
  alert: `delete from alert where pair_id in (${PAIRS})`,
  score: `delete from score where pair_id in (${PAIRS})`,
  pair: 'delete from pair where study_id = any($1)',
  study_wait: 'delete from study_wait where study_id = any($1)',
  study_version: 'delete from study_version where study_id = any($1)',
  study_alias: 'delete from study_alias where study_id = any($1)',
} as const;

const OF_VERSIONS = {
  version_occurrence: 'delete from version_occurrence where version_id = any($1)',
  report_version: 'delete from report_version where id = any($1)',
} as const;

async function idsOf(tx: Tx, sql: string, params: readonly unknown[]): Promise<readonly string[]> {
  return (await tx.query<{ id: string }>(sql, params)).rows.map(({ id }) => id);
}

async function run(tx: Tx, statements: Readonly<Record<string, string>>, ids: readonly string[]) {
  const removed: Removed = new Map();
  if (ids.length === 0) return removed;
  for (const [table, sql] of Object.entries(statements)) {
    removed.set(table, (await tx.query(sql, [ids])).rowCount);
  }
  return removed;
}

/** Studies that were merged into these, or into one of those: they hold nothing but old names, and go along. */
async function withMerged(tx: Tx, ids: readonly string[]): Promise<readonly string[]> {
  const all = new Set(ids);
  for (let next = ids; next.length > 0; ) {
    const merged = await idsOf(tx, 'select id from study where merged_into = any($1)', [next]);
    next = merged.filter((id) => !all.has(id));
    for (const id of next) all.add(id);
  }
  return [...all];
}

/**
 * Removes at most `limit` studies nothing has been received for since `before`, and everything that hangs on them.
 * A report that other studies have too stays with them. Call with `lockWorld` exclusive, so that no message is being
 * placed meanwhile.
 */
export async function removeStudies(tx: Tx, before: Date, limit: number): Promise<Removed> {
  const expired = await idsOf(tx, EXPIRED, [before, limit]);
  if (expired.length === 0) return new Map();
  const studies = await withMerged(tx, expired);
  const versions = await idsOf(
    tx,
    'select distinct version_id as id from study_version where study_id = any($1)',
    [studies],
  );
  const removed = await run(tx, OF_STUDIES, studies);
  const free = await run(tx, OF_VERSIONS, await idsOf(tx, FREE_VERSIONS, [versions]));
  // One statement for all: a study and the one it was merged into go together.
  const { rowCount } = await tx.query('delete from study where id = any($1)', [studies]);
  return new Map([...removed, ...free, ['study', rowCount]]);
}

/** Removes at most `limit` versions older than `before` that belong to no study. Call with `lockWorld` exclusive. */
export async function removeLooseVersions(tx: Tx, before: Date, limit: number): Promise<Removed> {
  return run(tx, OF_VERSIONS, await idsOf(tx, LOOSE_VERSIONS, [before, limit]));
}
