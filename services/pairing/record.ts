import {
  type Alias,
  type IdentifierCorrection,
  OverreadError,
  type PairingConfig,
  type PatientMerge,
} from '../../contracts/index.js';
import {
  type Arrival,
  aliasesOfPatients,
  correctionsOf,
  lockIdentities,
  lockWorld,
  pairsOfStudies,
  patientLinks,
  reachStudies,
  readVersions,
  recordArrivals,
  saveCorrections,
  savePairs,
  savePatientMerges,
  saveStudies,
  saveWaits,
  waitsOfStudies,
} from '../ledger/index.js';
import type { Clock, Database, EventBus, Tx } from '../platform/index.js';
import { pairEvents, type Traces, waitEvent } from './events.js';
import { type Resolution, resolve } from './resolve.js';

/** What came in together and is written together. */
export type Batch = {
  readonly arrivals: readonly Arrival[];
  readonly merges: readonly PatientMerge[];
  readonly corrections: readonly IdentifierCorrection[];
  readonly traces: Traces;
};

export type RecordDeps = {
  readonly database: Database;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly config: PairingConfig;
};

/** Somebody else's commit made the studies reach further while we waited for the locks. */
class LocksTooFew extends Error {}

const MAX_ATTEMPTS = 8;

/**
 * The aliases whose studies a batch can change: those it names, those corrections put beside them, and those of
 * every study about a patient that a merge names.
 */
async function seedAliases(tx: Tx, batch: Batch): Promise<readonly Alias[]> {
  const named = [
    ...batch.arrivals.flatMap(({ version }) => version.aliases),
    ...batch.corrections.flatMap(({ from, to }) => [from, to]),
  ];
  const corrections = await correctionsOf(tx, named);
  const merged = batch.merges.flatMap((m) => [...m.retired, ...m.surviving]);
  const links = merged.length === 0 ? [] : await patientLinks(tx, merged);
  const patients = [...new Set([...merged, ...links.flatMap((l) => [l.retired, l.surviving])])];
  const ofPatients = patients.length === 0 ? [] : await aliasesOfPatients(tx, patients);
  return [...named, ...corrections.flatMap(({ from, to }) => [from, to]), ...ofPatients];
}

/** Locks everything the batch can touch. Throws LocksTooFew when there turned out to be more. */
async function lockedReach(tx: Tx, batch: Batch) {
  const exclusive = batch.merges.length > 0 || batch.corrections.length > 0;
  await lockWorld(tx, exclusive ? 'exclusive' : 'shared');
  if (batch.merges.length > 0) await savePatientMerges(tx, batch.merges);
  if (batch.corrections.length > 0) await saveCorrections(tx, batch.corrections);
  const messageIds = [...new Set(batch.arrivals.map(({ version }) => version.messageId))];
  const seeds = { aliases: await seedAliases(tx, batch), messageIds };
  // Whoever holds the world alone needs no further lock.
  if (exclusive) return reachStudies(tx, seeds);
  const seen = await reachStudies(tx, seeds);
  const locked = new Set([...seen.aliases, ...messageIds]);
  await lockIdentities(tx, locked);
  const reach = await reachStudies(tx, seeds);
  if ([...reach.aliases].some((key) => !locked.has(key))) throw new LocksTooFew();
  return reach;
}

async function write(tx: Tx, { bus, clock, config }: RecordDeps, batch: Batch): Promise<Resolution> {
  const { studies, aliases } = await lockedReach(tx, batch);
  if (batch.arrivals.length > 0) await recordArrivals(tx, batch.arrivals);
  const studyIds = studies.map((study) => study.id);
  const versionIds = new Set([
    ...studies.flatMap((study) => [...study.members.keys()]),
    ...batch.arrivals.map(({ version }) => version.id),
  ]);
  const versions = await readVersions(tx, [...versionIds]);
  const patients = [...new Set(versions.flatMap(({ version }) => version.patients))];
  const named = [...aliases].map((key) => {
    const [kind, site, value] = JSON.parse(key) as [Alias['kind'], string, string];
    return { kind, site, value };
  });
  const world = {
    studies,
    versions,
    pairs: await pairsOfStudies(tx, studyIds),
    waits: await waitsOfStudies(tx, studyIds),
    facts: {
      patients: await patientLinks(tx, patients),
      corrections: await correctionsOf(tx, named),
    },
  };
  const resolution = resolve(world, config);
  const at = clock.now();
  await saveStudies(tx, resolution.studies, at);
  await savePairs(
    tx,
    resolution.pairs.map((change) => change.stored),
    at,
  );
  await saveWaits(tx, resolution.begun, resolution.ended);
  const events = [
    ...resolution.pairs.flatMap((change) => pairEvents(change, at, batch.traces)),
    ...resolution.begun.map((wait) => waitEvent(wait, 'begun', at)),
  ];
  if (events.length > 0) await bus.append(tx, events);
  return resolution;
}

/**
 * Writes a batch and everything it changes, state and events in one transaction. A batch that was written before
 * changes nothing. Throws OVR_IDENTIFIER_OVERUSED, OVR_PAIRING_CONTENDED and errors of the database.
 */
export async function recordBatch(deps: RecordDeps, batch: Batch): Promise<Resolution> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.database.tx((tx) => write(tx, deps, batch));
    } catch (error) {
      if (!(error instanceof LocksTooFew)) throw error;
      if (attempt === MAX_ATTEMPTS) throw new OverreadError('OVR_PAIRING_CONTENDED');
    }
  }
}
