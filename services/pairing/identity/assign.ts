import type { Alias } from '../../../contracts/index.js';
import { aliasKey, type NewStudy, type StoredStudy } from '../../ledger/index.js';
import { deterministicId } from '../../platform/index.js';
import type { Cluster } from './clusters.js';
import { ALIAS_KINDS } from './nodes.js';

export type Assignment = {
  /** One study id a cluster, in the order of the clusters. */
  readonly studyIds: readonly string[];
  readonly created: readonly NewStudy[];
  readonly merged: readonly { readonly id: string; readonly into: string | null }[];
};

function overlap(study: StoredStudy, cluster: Cluster): number {
  const shared = cluster.versions.filter((v) => study.members.has(v.id)).length;
  return shared === 0 ? 0 : shared + cluster.aliases.filter((a) => study.aliases.has(aliasKey(a))).length;
}

function bestAlias(cluster: Cluster): Alias | undefined {
  const first = cluster.versions[0];
  const own = cluster.aliases.filter((a) => first?.version.aliases.some((f) => aliasKey(f) === aliasKey(a)));
  return own.toSorted(
    (a, b) =>
      ALIAS_KINDS.indexOf(a.kind) - ALIAS_KINDS.indexOf(b.kind) || (aliasKey(a) < aliasKey(b) ? -1 : 1),
  )[0];
}

/**
 * The id says the earliest version's best alias, so that a replay into an empty ledger gives the same ids. Where the
 * number is in use for another examination the version tells them apart.
 */
function mint(cluster: Cluster, taken: ReadonlySet<string>): NewStudy {
  const [first] = cluster.versions;
  const alias = bestAlias(cluster);
  const parts = alias === undefined ? [] : [alias.kind, alias.site, alias.value];
  let id = deterministicId('study', ...parts);
  for (let attempt = 0; taken.has(id); attempt += 1) {
    id = deterministicId('study', ...parts, first?.id ?? '', String(attempt));
  }
  return { id, site: first?.version.site ?? '' };
}

/**
 * Gives each cluster the stored study it continues: each study goes where most of it went, and where several meet,
 * the oldest stays and the others are merged into it.
 */
export function assignStudies(clusters: readonly Cluster[], stored: readonly StoredStudy[]): Assignment {
  const oldest = stored.toSorted(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1),
  );
  const takers = new Map<number, string>();
  const merged: { id: string; into: string | null }[] = [];
  for (const study of oldest) {
    const scores = clusters.map((cluster) => overlap(study, cluster));
    const best = Math.max(0, ...scores);
    if (best === 0) continue;
    const cluster = scores.indexOf(best);
    const taker = takers.get(cluster);
    if (taker === undefined) takers.set(cluster, study.id);
    else merged.push({ id: study.id, into: taker });
  }
  const retired = new Set(stored.filter((study) => study.mergedInto !== null).map((study) => study.id));
  const taken = new Set(stored.map((study) => study.id).filter((id) => !retired.has(id)));
  const created: NewStudy[] = [];
  const studyIds = clusters.map((cluster, index) => {
    const existing = takers.get(index);
    if (existing !== undefined) return existing;
    const study = mint(cluster, taken);
    taken.add(study.id);
    // Studies that were one and are two again: the id that had gone comes back.
    if (retired.has(study.id)) merged.push({ id: study.id, into: null });
    else created.push(study);
    return study.id;
  });
  return { studyIds, created, merged };
}
