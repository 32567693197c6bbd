import type { Alias, PairingConfig } from '../../contracts/index.js';
import {
  aliasKey,
  type Membership,
  type StoredPair,
  type StoredStudy,
  type StoredVersion,
  type StudyChanges,
  type Wait,
} from '../ledger/index.js';
import { assignStudies } from './identity/assign.js';
import { type Cluster, clustersOf, type IdentityFacts } from './identity/clusters.js';
import { type PairChange, type PicturedStudy, pairChanges } from './study/changes.js';
import { known } from './study/known.js';
import { pictureOf } from './study/picture.js';

/** Everything the ledger holds about studies that a batch can touch; nothing outside can be touched by it. */
export type World = {
  readonly studies: readonly StoredStudy[];
  readonly versions: readonly StoredVersion[];
  readonly pairs: readonly StoredPair[];
  readonly waits: readonly Wait[];
  readonly facts: IdentityFacts;
};

export type BegunWait = Wait & { readonly site: string };

/** What must be written so that the ledger says what the versions amount to. Empty when it does already. */
export type Resolution = {
  readonly studies: StudyChanges;
  readonly pairs: readonly PairChange[];
  readonly begun: readonly BegunWait[];
  readonly ended: readonly Pick<Wait, 'studyId' | 'missing'>[];
};

const HOUR_MS = 3_600_000;

function memberships(studies: readonly PicturedStudy[]): readonly Membership[] {
  return studies.flatMap((study) =>
    [...study.picture.states].map(([versionId, state]) => ({ studyId: study.id, versionId, state })),
  );
}

function studyChanges(
  stored: readonly StoredStudy[],
  clusters: readonly Cluster[],
  studies: readonly PicturedStudy[],
  { created, merged }: Pick<StudyChanges, 'created' | 'merged'>,
): StudyChanges {
  const before = new Map(stored.map((study) => [study.id, study]));
  const wanted = memberships(studies);
  const kept = new Set(wanted.map((m) => JSON.stringify([m.studyId, m.versionId])));
  const newAlias = (studyId: string, alias: Alias) => !before.get(studyId)?.aliases.has(aliasKey(alias));
  return {
    created,
    merged,
    aliases: studies.flatMap(({ id }, index) =>
      (clusters[index]?.aliases ?? []).filter((a) => newAlias(id, a)).map((a) => ({ ...a, studyId: id })),
    ),
    placed: wanted.filter((m) => before.get(m.studyId)?.members.get(m.versionId) !== m.state),
    removed: stored.flatMap((study) =>
      [...study.members.keys()]
        .filter((versionId) => !kept.has(JSON.stringify([study.id, versionId])))
        .map((versionId) => ({ studyId: study.id, versionId })),
    ),
  };
}

function waitsOf(studies: readonly PicturedStudy[], config: PairingConfig): readonly BegunWait[] {
  const hours = { final: config.waitForFinalHours, draft: config.waitForDraftHours };
  return studies.flatMap(({ id, picture: { missing }, versions }) => {
    if (missing === null) return [];
    const { side, since, generator, modality } = missing;
    return {
      studyId: id,
      site: versions[0]?.version.site ?? '',
      missing: side,
      since: new Date(since),
      dueAt: new Date(since + hours[side] * HOUR_MS),
      generator,
      modality,
    };
  });
}

/**
 * From what the ledger holds to what it should hold: examinations out of versions, pairs out of examinations, then the
 * difference. A function of sets, so the order of arrival cannot show. Throws OVR_IDENTIFIER_OVERUSED.
 */
export function resolve(world: World, config: PairingConfig): Resolution {
  const clusters = clustersOf(world.versions.map(known), world.facts, config);
  const { studyIds, created, merged } = assignStudies(clusters, world.studies);
  const studies: PicturedStudy[] = clusters.map(({ versions, flags }, index) => ({
    id: studyIds[index] ?? '',
    versions,
    picture: pictureOf(versions, config, flags),
  }));
  const mergedInto = new Map(merged.flatMap(({ id, into }) => (into === null ? [] : [[id, into] as const])));
  const wanted = waitsOf(studies, config);
  const same = (a: Pick<Wait, 'studyId' | 'missing'>) => (b: Pick<Wait, 'studyId' | 'missing'>) =>
    a.studyId === b.studyId && a.missing === b.missing;
  return {
    studies: studyChanges(world.studies, clusters, studies, { created, merged }),
    pairs: pairChanges(world.pairs, studies, mergedInto),
    begun: wanted.filter((wait) => !world.waits.some(same(wait))),
    ended: world.waits.filter((wait) => !wanted.some(same(wait))),
  };
}
