import type { Tx } from '../../platform/index.js';
import type { Removed } from './removed.js';

/**
 * What stands on its own, by table; $1 is the age limit, $2 how many at once. A merge of patients or a correction of
 * an identifier stays as long as something it speaks of does: without it, studies it joined would fall apart.
 */
const STANDING_ALONE = {
  dead_letter: `delete from dead_letter where id in (
    select id from dead_letter where at < $1 order by at, id limit $2)`,
  delivery: `delete from delivery where id in (
    select d.id from delivery d
    where d.notice = 'alert.digest' and d.created_at < $1
      and not exists (select 1 from delivery m where m.digest_id = d.id)
    order by d.created_at limit $2)`,
  patient_merge: `delete from patient_merge where (retired, surviving, site) in (
    select m.retired, m.surviving, m.site from patient_merge m
    where m.merged_at < $1
      and not exists (select 1 from report_version r where r.patients && array[m.retired])
    order by m.merged_at limit $2)`,
  identifier_correction: `delete from identifier_correction c using (
    select from_value, from_kind, from_site, to_value, to_kind, to_site from identifier_correction i
    where i.corrected_at < $1 and not exists (
      select 1 from study_alias a where (a.value, a.kind, a.site)
        in ((i.from_value, i.from_kind, i.from_site), (i.to_value, i.to_kind, i.to_site)))
    order by i.corrected_at limit $2) as old
    where (c.from_value, c.from_kind, c.from_site, c.to_value, c.to_kind, c.to_site)
      = (old.from_value, old.from_kind, old.from_site, old.to_value, old.to_kind, old.to_site)`,
} as const;

/** Removes of each kind at most `limit` that are older than `before`. Call with `lockWorld` exclusive. */
export async function removeRecords(tx: Tx, before: Date, limit: number): Promise<Removed> {
  const removed: Removed = new Map();
  for (const [table, sql] of Object.entries(STANDING_ALONE)) {
    removed.set(table, (await tx.query(sql, [before, limit])).rowCount);
  }
  return removed;
}
