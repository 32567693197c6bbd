import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  aliasKey,
  lockIdentities,
  lockWorld,
  reachStudies,
  readPair,
  readVersions,
  recordArrivals,
  saveStudies,
  saveWaits,
  takeOverdue,
} from '../../services/ledger/index.js';
import type { Database } from '../../services/platform/index.js';
import { emptyStudies, engines, type Ledger, startLedger } from '../support/engines.js';
import { accession, arrival, minute, reportVersion, studyUid } from '../support/report-versions.js';

const AT = new Date(minute(0));
const NOTHING = { created: [], merged: [], aliases: [], placed: [], removed: [] };

describe.each(engines)('the ledger on %s', (engine) => {
  let ledger: Ledger;
  let database: Database;

  beforeAll(async () => {
    ledger = await startLedger(engine);
    database = ledger.database;
  }, 60_000);
  afterAll(() => ledger.close());
  beforeEach(() => emptyStudies(database));

  test('of two messages with one version the earlier clock is kept, whichever comes first', async () => {
    const early = reportVersion('final', 'Clear.', { written: 10, flags: ['early'] });
    const late = reportVersion('final', 'Clear.', { written: 20, flags: ['late'] });
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      await emptyStudies(database);
      for (const version of order) await database.tx((tx) => recordArrivals(tx, [arrival(version)]));
      const [kept] = await readVersions(database, [early.id]);
      expect(kept?.version).toEqual(early);
      expect(kept?.occurrences.map((o) => o.messageId).sort()).toEqual(
        [early.messageId, late.messageId].sort(),
      );
    }
  });

  test('of one message that came twice the earlier times are kept, whichever is stored first', async () => {
    const first = reportVersion('final', 'Clear.', { written: 10, received: 20, messageId: 'm1' });
    const again = reportVersion('final', 'Clear.', { written: null, received: 15, messageId: 'm1' });
    for (const order of [
      [first, again],
      [again, first],
    ]) {
      await emptyStudies(database);
      for (const version of order) await database.tx((tx) => recordArrivals(tx, [arrival(version)]));
      const [kept] = await readVersions(database, [first.id]);
      expect(kept?.occurrences).toEqual([
        expect.objectContaining({ sourceAt: new Date(minute(10)), receivedAt: new Date(minute(15)) }),
      ]);
    }
  });

  test('a version is no longer said when a newer revision reads its message otherwise', async () => {
    const before = reportVersion('final', 'Misread.', { written: 10, messageId: 'm1' });
    const after = reportVersion('final', 'Read.', { written: 10, messageId: 'm1', normaliser: 'n2' });
    await database.tx((tx) =>
      recordArrivals(tx, [
        arrival(before),
        arrival(after, { publishedAt: new Date(minute(500)), quiet: true }),
      ]),
    );
    const said = (await readVersions(database, [before.id, after.id])).map((v) => [
      v.version.text,
      v.occurrences.map((o) => [o.current, o.quiet]),
    ]);
    expect(said).toEqual(
      expect.arrayContaining([
        ['Misread.', [[false, false]]],
        ['Read.', [[true, true]]],
      ]),
    );
  });

  test('studies are reached through shared aliases and shared versions, and no further', async () => {
    const version = reportVersion('final', 'Both.', { written: 1 });
    await database.tx(async (tx) => {
      await recordArrivals(tx, [arrival(version)]);
      await saveStudies(
        tx,
        {
          ...NOTHING,
          created: ['s1', 's2', 's3', 's4'].map((id) => ({ id, site: 'north' })),
          aliases: [
            { ...accession('A1'), studyId: 's1' },
            { ...studyUid('1.2'), studyId: 's1' },
            { ...studyUid('1.2'), studyId: 's2' },
            { ...accession('A3'), studyId: 's3' },
            { ...accession('A1', 'south'), studyId: 's4' },
          ],
          placed: ['s2', 's3'].map((studyId) => ({
            studyId,
            versionId: version.id,
            state: 'current' as const,
          })),
        },
        AT,
      );
    });
    const reach = await database.tx((tx) => reachStudies(tx, { aliases: [accession('A1')], messageIds: [] }));
    expect(reach.studies.map((s) => s.id)).toEqual(['s1', 's2', 's3']);
    expect([...reach.aliases].sort()).toEqual(
      [accession('A1'), accession('A3'), studyUid('1.2')].map(aliasKey).sort(),
    );
    const byMessage = { aliases: [accession('A9')], messageIds: [version.messageId] };
    const other = await database.tx((tx) => reachStudies(tx, byMessage));
    expect(other.studies.map((s) => s.id)).toEqual(['s1', 's2', 's3']);
  });

  test('a wait that is due is taken once', async () => {
    const wait = {
      studyId: 's1',
      missing: 'final' as const,
      since: AT,
      dueAt: new Date(minute(60)),
      generator: { name: 'Quickdraft', version: '1.0' },
      modality: 'CR',
    };
    await database.tx(async (tx) => {
      await saveStudies(tx, { ...NOTHING, created: [{ id: 's1', site: 'north' }] }, AT);
      await saveWaits(tx, [wait], []);
    });
    const take = (n: number) => database.tx((tx) => takeOverdue(tx, new Date(minute(n)), 10));
    expect(await take(59)).toEqual([]);
    expect(await take(60)).toEqual([{ ...wait, site: 'north' }]);
    expect(await take(61)).toEqual([]);
  });

  test('a pair that is not there is null', async () => {
    expect(await readPair(database, 'pair_none')).toBeNull();
  });

  test('identities locked in opposite orders do not deadlock', async () => {
    const keys = Array.from({ length: 40 }, (_, n) => `key ${n}`);
    const orders = [keys, keys.toReversed(), [...keys.slice(20), ...keys.slice(0, 20)]];
    const work = Array.from({ length: 12 }, (_, n) =>
      database.tx(async (tx) => {
        await lockWorld(tx, n % 5 === 0 ? 'exclusive' : 'shared');
        await lockIdentities(tx, new Set(orders[n % orders.length]));
        await tx.query('select 1');
        return n;
      }),
    );
    expect(await Promise.all(work)).toHaveLength(12);
  });
});
