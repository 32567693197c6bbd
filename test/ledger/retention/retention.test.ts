import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pair } from '../../../contracts/index.js';
import { createRetention, readPair, recordAudit, storeDeadLetter } from '../../../services/ledger/index.js';
import {
  createLogger,
  createMetrics,
  type Database,
  type IncomingEvent,
  type Service,
} from '../../../services/platform/index.js';
import { emptyAlerts, testAlerting } from '../../support/alerting.js';
import { emptyStudies, engines, type Ledger, startLedger } from '../../support/engines.js';
import { eventually } from '../../support/eventually.js';
import { createManualClock } from '../../support/manual-clock.js';
import {
  correctionEvent,
  mergeEvent,
  type PairingUnderTest,
  reportEvent,
  startPairing,
} from '../../support/pairing.js';
import { accession, MORNING, minute, reportVersion, studyUid } from '../../support/report-versions.js';
import { discrepancy, scored, scoreEvent, scoreOf, type TestPair } from '../../support/scored-pairs.js';

const DAY = 24 * 60;
const DAYS = 50;
const TABLES = [
  'study',
  'study_alias',
  'study_version',
  'study_wait',
  'report_version',
  'version_occurrence',
  'pair',
  'score',
  'alert',
  'alert_revision',
  'delivery',
  'dead_letter',
  'patient_merge',
  'identifier_correction',
] as const;

describe.each(engines)('retention on %s', (engine) => {
  let ledger: Ledger;
  let database: Database;
  let pairing: PairingUnderTest;
  const running: Service[] = [];
  beforeAll(async () => {
    ledger = await startLedger(engine);
    database = ledger.database;
  }, 60_000);
  afterAll(() => ledger.close());
  beforeEach(async () => {
    await emptyAlerts(database);
    await emptyStudies(database);
    await database.exec('truncate dead_letter, audit');
    pairing = await startPairing(database);
    await pairing.service.start();
    running.push(pairing.service);
  });
  afterEach(async () => {
    for (const service of running.splice(0)) await service.stop();
  });

  /** The service, looked at once on a day after MORNING. */
  async function lookOn(day: number) {
    const metrics = createMetrics();
    const clock = createManualClock(minute(day * DAY));
    const logger = createLogger({ level: 'error' });
    const retention = createRetention({ database, clock, days: DAYS, logger, metrics });
    await retention.start();
    running.push(retention);
    const ended = async () => (await metrics.page()).body;
    await eventually(async () => {
      clock.advance(1_000);
      expect(await ended()).toMatch(/retention_last_success_timestamp_seconds [1-9]/);
    });
    return { clock, page: ended, retention };
  }

  async function counts(): Promise<Record<string, number>> {
    const all: [string, number][] = [];
    for (const table of TABLES) {
      const { rows } = await database.query<{ n: number }>(`select count(*) as n from ${table}`);
      if (rows[0]?.n !== 0) all.push([table, rows[0]?.n ?? 0]);
    }
    return Object.fromEntries(all);
  }

  /** Draft and final of one study, minutes after MORNING. */
  function study(number: string, at: number) {
    const aliases = [accession(number)];
    return [
      reportEvent(reportVersion('draft', `Draft of ${number}.`, { aliases, written: at })),
      reportEvent(reportVersion('final', `Final of ${number}.`, { aliases, written: at + 5 })),
    ];
  }

  async function receive(...events: readonly IncomingEvent[]) {
    const latest = Math.max(...events.map((event) => event.time.getTime()));
    pairing.clock.move(latest - pairing.clock.now().getTime());
    await pairing.receive(...events);
  }

  async function raiseAlerts(pairs: readonly Pair[]) {
    const clock = createManualClock(pairs.at(-1)?.completedAt);
    const environment = { SECRET: 'made up' };
    const channels = [{ name: 'hook', type: 'webhook', url: 'http://127.0.0.1:9/', secretFrom: 'SECRET' }];
    const alerting = await testAlerting({ database, clock, environment, config: { channels } });
    running.push(alerting.service);
    await alerting.service.start();
    const test = (pair: Pair): TestPair => ({ ...pair, modality: pair.exam.modality });
    await alerting.give(
      ...pairs.map((pair) =>
        scoreEvent(scoreOf(test(pair), scored(discrepancy({ significance: 'urgent' })))),
      ),
    );
    await alerting.service.stop();
    running.pop();
  }

  const letter = (id: string, at: string) => ({
    id,
    code: 'OVR_HL7_NO_MSH',
    stage: 'intake',
    detail: '',
    attempts: 1,
    originalTopic: 'overread.hl7.v1',
    originalType: 'overread.hl7.received',
    originalId: id,
    originalKey: 'ris',
    originalAttributes: {},
    originalContentType: 'application/octet-stream',
    originalData: Buffer.from('made up'),
    at: new Date(at),
  });

  test('an old study goes with everything that hangs on it, in every table', async () => {
    await receive(...study('A1', 0), ...study('A2', 10), ...study('lonely', 0).slice(0, 1));
    await raiseAlerts(await pairing.ready());
    await storeDeadLetter(database, letter('l1', minute(0)));
    expect(Object.keys(await counts())).toEqual(expect.arrayContaining(['alert', 'delivery', 'study_wait']));
    const { page } = await lookOn(DAYS + 1);
    expect(await counts()).toEqual({});
    expect(await page()).toContain('overread_retention_removed_total{table="report_version"} 5');
  });

  test('nothing goes that is younger, and a whole study stays with its youngest report', async () => {
    await receive(...study('A1', 0), ...study('A2', 10));
    await receive(
      reportEvent(reportVersion('addendum', 'Later.', { aliases: [accession('A1')], written: 30 * DAY })),
    );
    await raiseAlerts(await pairing.ready());
    const before = await counts();
    await lookOn(DAYS - 1);
    expect(await counts()).toEqual(before);
    await lookOn(DAYS + 1);
    const { rows } = await database.query<{ value: string }>('select distinct value from study_alias');
    expect(rows).toEqual([{ value: 'A1' }]);
    expect(await counts()).toMatchObject({
      study: 1,
      report_version: 3,
      pair: 2,
      alert: 1,
      study_version: 3,
    });
    await lookOn(DAYS + 31);
    expect(await counts()).toEqual({});
  });

  test('a report that was sent again keeps its study', async () => {
    const [draft, final] = study('A1', 0);
    if (draft === undefined || final === undefined) throw new Error('no study');
    await receive(draft, final);
    const again = reportVersion('final', 'Final of A1.', { written: 5, received: 40 * DAY });
    await receive(reportEvent(again));
    await lookOn(DAYS + 1);
    expect(await counts()).toMatchObject({ study: 1, pair: 1, report_version: 2, version_occurrence: 3 });
  });

  test('a report of two studies stays with the one that stays, and its pair can still be read', async () => {
    const both = { aliases: [accession('A1'), accession('A2')], written: 5 };
    await receive(
      ...study('A1', 0).slice(0, 1),
      ...study('A2', 1).slice(0, 1),
      reportEvent(reportVersion('final', 'Of both.', both)),
    );
    const ready = await pairing.ready();
    expect(ready).toHaveLength(2);
    await receive(
      reportEvent(reportVersion('addendum', 'Later.', { aliases: [accession('A2')], written: 30 * DAY })),
    );
    await lookOn(DAYS + 1);
    expect(await counts()).toMatchObject({ study: 1, report_version: 3 });
    const { rows } = await database.query<{ id: string }>("select id from pair where status = 'active'");
    const pair = await readPair(database, rows[0]?.id ?? '');
    expect(pair?.final.text).toContain('Of both.');
    expect(pair?.draft.text).toBe('Draft of A2.');
  });

  test('studies that were merged go together, and stay together', async () => {
    await receive(
      reportEvent(reportVersion('draft', 'D.', { aliases: [accession('A1')], written: 0 })),
      reportEvent(reportVersion('final', 'F.', { aliases: [studyUid('1.2.3')], written: 5 })),
    );
    const link = { aliases: [accession('A1'), studyUid('1.2.3')], written: 20 * DAY };
    await receive(reportEvent(reportVersion('addendum', 'Both numbers.', link)));
    const merged = await database.query('select 1 from study where merged_into is not null');
    expect(merged.rowCount).toBe(1);
    await lookOn(DAYS + 1);
    expect(await counts()).toMatchObject({ study: 2, report_version: 3 });
    await lookOn(DAYS + 21);
    expect(await counts()).toEqual({});
  });

  test('a merge of patients and a correction stay as long as what they speak of', async () => {
    const versions = (at: number) =>
      ['old', 'new'].map((patient) =>
        reportEvent(
          reportVersion('final', `Of ${patient}.`, {
            aliases: [accession(`A-${patient}`)],
            patients: [patient],
            written: at,
          }),
        ),
      );
    await receive(...versions(0), mergeEvent('old', 'new', minute(1)));
    await receive(correctionEvent(accession('A-old'), accession('A-right'), minute(2)));
    await lookOn(DAYS - 1);
    expect(await counts()).toMatchObject({ patient_merge: 1, identifier_correction: 1 });
    await lookOn(DAYS + 1);
    expect(await counts()).toEqual({});
  });

  test('the audit trail stays', async () => {
    const at = new Date(minute(0));
    await recordAudit(database, { at, actor: 'qa', action: 'case.viewed', subject: 'pair_1' });
    await lookOn(DAYS + 1);
    expect((await database.query('select 1 from audit')).rowCount).toBe(1);
  });

  test('the space of what went is used again', async () => {
    const size = async () => {
      const { rows } = await database.query<{ pages: number }>(
        "select pg_relation_size('report_version') / 8192 as pages",
      );
      return rows[0]?.pages ?? 0;
    };
    await receive(...Array.from({ length: 60 }, (_, n) => study(`A${n}`, 0)).flat());
    const full = await size();
    await lookOn(DAYS + 1);
    if (engine === 'postgres') await database.exec('vacuum');
    expect(await size()).toBeLessThan(full);
  });

  test('more than one batch goes in one look, and the next look comes within the hour', async () => {
    const numbers = Array.from({ length: 130 }, (_, n) => `A${n}`);
    await receive(...numbers.flatMap((number) => study(number, 0)));
    const { clock } = await lookOn(DAYS + 1);
    expect(await counts()).toEqual({});
    await receive(...study('B1', 0));
    await eventually(() => expect(clock.sleepers()).toBe(1));
    clock.advance(3_599_000);
    clock.advance(1_000);
    await eventually(async () => expect(await counts()).toEqual({}));
  });

  (engine === 'postgres' ? test : test.skip)('while another process is at it nothing is done', async () => {
    await receive(...study('A1', 0));
    const clock = createManualClock(new Date(MORNING + (DAYS + 1) * DAY * 60_000).toISOString());
    const logger = createLogger({ level: 'error' });
    const retention = createRetention({ database, clock, days: DAYS, logger, metrics: createMetrics() });
    await database.tx(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(7210004)');
      await retention.start();
      running.push(retention);
      await eventually(() => expect(clock.sleepers()).toBe(1));
      expect(await counts()).toMatchObject({ study: 1 });
    });
    clock.advance(3_600_000);
    await eventually(async () => expect(await counts()).toEqual({}));
  });
});
