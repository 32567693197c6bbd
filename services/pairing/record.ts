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
  aliasKey,
  correctionsOf,
  lockIdentities,
  lockWorld,
  pairsOfStudies,
  patientLinks,
  type Reach,
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

/** The studies reach further than the batch's own identifiers: begin again with all of these locked. */
type LocksNeeded = { readonly kind: 'locks_needed'; readonly keys: ReadonlySet<string> };
type Written = { readonly kind: 'written'; readonly resolution: Resolution };

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

/**
 * Locks everything the batch can touch and says what that is. Where it turns out to be more than what was locked,
 * `keys` is all of it: locks are taken in order only, so the transaction must begin again.
 */
async function lockedReach(
  tx: Tx,
  batch: Batch,
  further: ReadonlySet<string>,
): Promise<LocksNeeded | ({ readonly kind: 'locked' } & Reach)> {
  const exclusive = batch.merges.length > 0 || batch.corrections.length > 0;
  await lockWorld(tx, exclusive ? 'exclusive' : 'shared');
  if (batch.merges.length > 0) await savePatientMerges(tx, batch.merges);
  if (batch.corrections.length > 0) await saveCorrections(tx, batch.corrections);
  const messageIds = [...new Set(batch.arrivals.map(({ version }) => version.messageId))];
  const seeds = { aliases: await seedAliases(tx, batch), messageIds };
  // Whoever holds the world alone needs no further lock.
  if (exclusive) return { kind: 'locked', ...(await reachStudies(tx, seeds)) };
  const locked = new Set([...seeds.aliases.map(aliasKey), ...messageIds, ...further]);
  await lockIdentities(tx, locked);
  const reach = await reachStudies(tx, seeds);
  const all = [...reach.aliases].every((key) => locked.has(key));
  return all ? { kind: 'locked', ...reach } : { kind: 'locks_needed', keys: reach.aliases };
}

async function write(
  tx: Tx,
  { bus, clock, config }: RecordDeps,
  batch: Batch,
  further: ReadonlySet<string>,
): Promise<LocksNeeded | Written> {
  const reach = await lockedReach(tx, batch, further);
  if (reach.kind === 'locks_needed') return reach;
  const { studies, aliases } = reach;
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
  return { kind: 'written', resolution };
}

/**
 * Writes a batch and everything it changes, state and events in one transaction. A batch that was written before
 * changes nothing. Throws OVR_IDENTIFIER_OVERUSED, OVR_PAIRING_CONTENDED and errors of the database.
 */
export async function recordBatch(deps: RecordDeps, batch: Batch): Promise<Resolution> {
  let further: ReadonlySet<string> = new Set();
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const outcome = await deps.database.tx((tx) => write(tx, deps, batch, further));
    if (outcome.kind === 'written') return outcome.resolution;
    further = outcome.keys;
  }
  throw new OverreadError('OVR_PAIRING_CONTENDED');
}
