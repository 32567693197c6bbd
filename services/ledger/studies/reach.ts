import type { Alias } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';
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

/** What `seeds` can touch: studies by id, closed under shared aliases and shared versions. */
export type Reach = {
  readonly studies: readonly StoredStudy[];
  readonly aliases: ReadonlySet<string>;
};

export type Seeds = {
  readonly aliases: readonly Alias[];
  /** Studies of whatever these messages said before: a new revision of the normaliser may move a version. */
  readonly messageIds: readonly string[];
};

type AliasRow = Alias & { study_id: string };
type MemberRow = { study_id: string; version_id: string; state: VersionState };
type StudyRow = { id: string; site: string; merged_into: string | null; created_at: Date };

/** Found by value, which is what the index begins with, then by the whole alias. */
async function holders(tx: Tx, aliases: readonly Alias[]): Promise<readonly string[]> {
  if (aliases.length === 0) return [];
  const keys = new Set(aliases.map(aliasKey));
  const { rows } = await tx.query<AliasRow>(
    'select kind, site, value, study_id from study_alias where value = any($1)',
    [[...new Set(aliases.map((a) => a.value))]],
  );
  return rows.filter((row) => keys.has(aliasKey(row))).map((row) => row.study_id);
}

async function saidBy(tx: Tx, messageIds: readonly string[]): Promise<readonly string[]> {
  if (messageIds.length === 0) return [];
  const { rows } = await tx.query<{ study_id: string }>(
    `select v.study_id from version_occurrence o join study_version v using (version_id)
     where o.message_id = any($1)`,
    [messageIds],
  );
  return rows.map((row) => row.study_id);
}

/**
 * Every study the seeds touch, directly or through other studies. Step by step, because each step is an index
 * look-up, where PostgreSQL plans a recursive query over the whole tables.
 */
export async function reachStudies(tx: Tx, seeds: Seeds): Promise<Reach> {
  const aliases = new Map(seeds.aliases.map((a) => [aliasKey(a), a]));
  const found = new Map<string, { aliases: Set<string>; members: Map<string, VersionState> }>();
  let next = new Set([
    ...(await saidBy(tx, seeds.messageIds)),
    ...(await holders(tx, [...aliases.values()])),
  ]);
  while (next.size > 0) {
    for (const id of next) found.set(id, { aliases: new Set(), members: new Map() });
    const ids = [...next];
    next = new Set();
    const members = await tx.query<MemberRow>(
      `select w.study_id, w.version_id, w.state from study_version v join study_version w using (version_id)
       where v.study_id = any($1)`,
      [ids],
    );
    for (const { study_id, version_id, state } of members.rows) {
      if (!found.has(study_id)) next.add(study_id);
      found.get(study_id)?.members.set(version_id, state);
    }
    const named = await tx.query<AliasRow>(
      'select kind, site, value, study_id from study_alias where study_id = any($1)',
      [ids],
    );
    const fresh = named.rows.filter((row) => !aliases.has(aliasKey(row)));
    for (const row of named.rows) found.get(row.study_id)?.aliases.add(aliasKey(row));
    for (const { kind, site, value } of fresh)
      aliases.set(aliasKey({ kind, site, value }), { kind, site, value });
    for (const id of await holders(tx, fresh)) if (!found.has(id)) next.add(id);
  }
  return { studies: await describe(tx, found), aliases: new Set(aliases.keys()) };
}

async function describe(
  tx: Tx,
  found: ReadonlyMap<string, Pick<StoredStudy, 'aliases' | 'members'>>,
): Promise<readonly StoredStudy[]> {
  if (found.size === 0) return [];
  const { rows } = await tx.query<StudyRow>(
    'select id, site, merged_into, created_at from study where id = any($1) order by id',
    [[...found.keys()]],
  );
  return rows.map((row) => ({
    id: row.id,
    site: row.site,
    mergedInto: row.merged_into,
    createdAt: row.created_at,
    aliases: found.get(row.id)?.aliases ?? new Set(),
    members: found.get(row.id)?.members ?? new Map(),
  }));
}
