import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PairingConfig } from '../../contracts/index.js';
import type { StoredVersion } from '../../services/ledger/index.js';
import { createPairing } from '../../services/pairing/index.js';
import { resolve } from '../../services/pairing/resolve.js';
import {
  createLogger,
  createMetrics,
  type Database,
  dataOf,
  type IncomingEvent,
} from '../../services/platform/index.js';
import { emptyStudies, engines, type Ledger, startLedger } from '../support/engines.js';
import { hospital, shuffled, story } from '../support/hospital.js';
import { createMemoryBus } from '../support/memory-bus.js';
import { movableClock, startPairing } from '../support/pairing.js';
import { stored } from '../support/report-versions.js';

type Active = {
  id: string;
  unedited: boolean;
  draft_version: string;
  truth_versions: string[];
  document: object;
};

const STUDIES = 25;
const RUNS = 10;

/** What must not depend on the order: active pairs with everything said of them but the id of their study. */
async function activePairs(database: Database): Promise<readonly Active[]> {
  const { rows } = await database.query<Active>(
    `select id, unedited, draft_version, truth_versions, document - 'studyId' as document
     from pair where status = 'active' order by id`,
  );
  return rows;
}

/** Which versions are together, and which side is waited for: the rest of what a study is. */
async function groups(database: Database): Promise<readonly string[]> {
  const { rows } = await database.query<{ members: string }>(
    `select string_agg(version_id || ' ' || state, ',' order by version_id) || coalesce(
       (select ' waits for ' || missing from study_wait w where w.study_id = v.study_id), '') as members
     from study_version v group by study_id order by 1`,
  );
  return rows.map((row) => row.members);
}

function batches(events: readonly IncomingEvent[], size: number): IncomingEvent[][] {
  return Array.from({ length: Math.ceil(events.length / size) }, (_, n) =>
    events.slice(n * size, (n + 1) * size),
  );
}

/** What a set of versions amounts to in an empty ledger: groups of versions with their states, and pairs. */
function amountsTo(versions: readonly StoredVersion[]) {
  const facts = { patients: [], corrections: [] };
  const world = { studies: [], versions, pairs: [], waits: [], facts };
  const { studies, pairs } = resolve(world, PairingConfig.parse({}));
  const ids = new Map<string, string[]>();
  for (const { studyId, versionId, state } of studies.placed) {
    ids.set(studyId, [...(ids.get(studyId) ?? []), `${versionId} ${state}`].sort());
  }
  return {
    groups: [...ids].sort(([a], [b]) => (a < b ? -1 : 1)),
    pairs: pairs.map(({ stored }) => stored.record).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

test('2,000 studies amount to the same whatever the order in which their versions are looked at', () => {
  fc.assert(
    fc.property(story(0), fc.nat(), ({ events }, seed) => {
      const reports = events.filter((event) => event.type === 'overread.report.received');
      const versions = new Map(
        reports.map((event) => {
          const version = dataOf(event, 'overread.report.received');
          return [version.id, stored(version, { publishedAt: event.time })] as const;
        }),
      );
      const inOrder = amountsTo([...versions.values()]);
      expect(amountsTo(shuffled([...versions.values()], seed))).toEqual(inOrder);
    }),
    { numRuns: 2_000 },
  );
});

describe.each(engines)('the order of arrival on %s', (engine) => {
  let ledger: Ledger;

  beforeAll(async () => {
    ledger = await startLedger(engine);
  }, 60_000);
  afterAll(() => ledger.close());

  /** 25 studies, 4 orders, 10 hospitals: 1,000 permutations of studies for each engine. */
  test('25 studies in any order, in batches of any size, end in the same active pairs', async () => {
    const pairing = await startPairing(ledger.database);
    let pairs = 0;
    async function outcome(events: readonly IncomingEvent[], size: number) {
      await emptyStudies(ledger.database);
      await pairing.bus.clear();
      for (const batch of batches(events, size)) await pairing.receive(...batch);
      return { active: await activePairs(ledger.database), groups: await groups(ledger.database) };
    }
    await fc.assert(
      fc.asyncProperty(
        hospital(STUDIES),
        fc.tuple(...[3, 17, 40, 80].map((size) => fc.tuple(fc.nat(), fc.constant(size)))),
        async (stories, orders) => {
          const events = stories.flatMap((story) => story.events);
          const inOrder = await outcome(events, 40);
          pairs += inOrder.active.length;
          for (const [seed, size] of orders) {
            expect(await outcome(shuffled(events, seed), size)).toEqual(inOrder);
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(pairs).toBeGreaterThan(RUNS * STUDIES * 0.5);
  }, 120_000);
});

const concurrent = engines.includes('postgres') ? test : test.skip;

concurrent(
  'four consumers side by side on postgres, with repeats, end in the same active pairs',
  async () => {
    const ledger = await startLedger('postgres', 12);
    try {
      const { database } = ledger;
      const stories = fc.sample(hospital(40), { numRuns: 2, seed: 42 });
      for (const [run, studies] of stories.entries()) {
        const events = studies.flatMap((story) => story.events);
        const pairing = await startPairing(database);
        await emptyStudies(database);
        for (const batch of batches(events, 50)) await pairing.receive(...batch);
        const expected = { active: await activePairs(database), groups: await groups(database) };
        for (let round = 0; round < 3; round += 1) {
          await emptyStudies(database);
          const consumers = await Promise.all(
            [0, 1, 2, 3].map(async () => {
              const bus = await createMemoryBus(database);
              createPairing({
                config: PairingConfig.parse({}),
                database,
                bus,
                metrics: createMetrics(),
                logger: createLogger({ level: 'error' }),
                clock: movableClock(),
              });
              return bus;
            }),
          );
          const order = shuffled([...events, ...events.slice(0, 50)], run * 10 + round);
          await Promise.all(
            consumers.map(async (bus, own) => {
              const mine = order.filter((_, n) => n % consumers.length === own);
              for (const batch of batches(mine, 1 + round * 9)) await bus.deliver(batch);
            }),
          );
          expect({ active: await activePairs(database), groups: await groups(database) }).toEqual(expected);
        }
      }
    } finally {
      await ledger.close();
    }
  },
  120_000,
);
