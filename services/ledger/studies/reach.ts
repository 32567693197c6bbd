import type { Alias } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';
import { jsonb } from '../json.js';
import { aliasKey } from './locks.js';

export type VersionState = 'current' | 'superseded' | 'withdrawn';

export type StoredStudy = {
  readonly id: string;
  readonly site: string;
  readonly mergedInto: string | null;
  readonly createdAt: Date;
  readonly aliases: ReadonlySet<string>;
  readonly members: ReadonlyMap<string, VersionState>;
};

/** What `seeds` can touch: studies by id, closed under shared aliases. */
export type Reach = {
  readonly studies: readonly StoredStudy[];
  readonly aliases: ReadonlySet<string>;
};

export type Seeds = {
  readonly aliases: readonly Alias[];
  /** Studies of whatever these messages said before: a new revision of the normaliser may move a version. */
  readonly messageIds: readonly string[];
};

const REACH = `
with recursive seed as (
  select kind, site, value from jsonb_to_recordset($1::jsonb) as s(kind text, site text, value text)
), reach as (
  select a.study_id from seed s join study_alias a using (kind, site, value)
  union
  select v.study_id from version_occurrence o join study_version v using (version_id) where o.message_id = any($2)
  union
  select b.study_id from reach r
    join study_alias a on a.study_id = r.study_id
    join study_alias b on b.kind = a.kind and b.site = a.site and b.value = a.value
)
select s.id, s.site, s.merged_into, s.created_at,
  (select coalesce(jsonb_agg(jsonb_build_array(kind, site, value)), '[]') from study_alias where study_id = s.id) as aliases,
  (select coalesce(jsonb_object_agg(version_id, state), '{}') from study_version where study_id = s.id) as members
from reach r join study s on s.id = r.study_id`;

type Row = {
  id: string;
  site: string;
  merged_into: string | null;
  created_at: Date;
  aliases: readonly [Alias['kind'], string, string][];
  members: Record<string, VersionState>;
};

/** Every study the seeds touch, directly or through other studies. */
export async function reachStudies(tx: Tx, seeds: Seeds): Promise<Reach> {
  const { rows } = await tx.query<Row>(REACH, [jsonb(seeds.aliases), seeds.messageIds]);
  const studies = rows.map((row) => ({
    id: row.id,
    site: row.site,
    mergedInto: row.merged_into,
    createdAt: row.created_at,
    aliases: new Set(row.aliases.map(([kind, site, value]) => aliasKey({ kind, site, value }))),
    members: new Map(Object.entries(row.members)),
  }));
  const aliases = new Set([
    ...seeds.aliases.map(aliasKey),
    ...studies.flatMap((study) => [...study.aliases]),
  ]);
  return { studies, aliases };
}
