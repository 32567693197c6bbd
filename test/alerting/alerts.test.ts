import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { acknowledgeAlert } from '../../services/ledger/index.js';
import type { Database } from '../../services/platform/index.js';
import { emptyAlerts, testAlerting } from '../support/alerting.js';
import { engines, type Ledger, startLedger } from '../support/engines.js';
import {
  discrepancy,
  outline,
  savePair,
  scored,
  scoreEvent,
  scoreOf,
  stateEvent,
  testPair,
} from '../support/scored-pairs.js';

const URGENT = scored(discrepancy({ significance: 'urgent' }));
const ACTIONABLE = scored(discrepancy());
const NOTHING = scored();

describe.each(engines)('alerts on %s', (engine) => {
  let ledger: Ledger;
  let database: Database;
  beforeAll(async () => {
    ledger = await startLedger(engine);
    database = ledger.database;
  }, 60_000);
  afterAll(() => ledger.close());
  beforeEach(() => emptyAlerts(database));

  test('a significant score raises one alert that says what, of whom and where, and no more', async () => {
    const { give, alerts, notices, metrics } = await testAlerting({ database });
    const pair = testPair('a');
    await savePair(database, pair);
    await give(
      scoreEvent(
        scoreOf(
          pair,
          scored(
            discrepancy({ significance: 'minor' }),
            discrepancy({ aspect: 'laterality', kind: 'inaccuracy', significance: 'urgent' }),
            discrepancy(),
          ),
        ),
      ),
    );
    expect(await alerts()).toEqual([
      {
        id: expect.stringMatching(/^alert_[0-9a-f]{32}$/),
        revision: 1,
        rule: 'significant',
        state: 'open',
        pairId: pair.id,
        generator: pair.generator,
        modality: 'CR',
        significance: 'urgent',
        aspects: ['finding', 'laterality'],
        discrepancies: 2,
        link: `https://overread.example/cases/${pair.id}`,
        raisedAt: '2026-03-04T08:00:00.000Z',
        updatedAt: '2026-03-04T08:00:00.000Z',
      },
    ]);
    expect((await notices()).map(outline)).toEqual(['alert.raised: urgent r1 open']);
    const page = (await metrics.page()).body;
    expect(page).toContain(
      'overread_alerts_raised_total{generator="GenExample",version="1.0",modality="CR",significance="urgent",rule="significant"} 1',
    );
    expect(page).toContain('overread_final_to_alert_seconds_sum 2');
  });

  test('events are keyed by study, have ids that repeat, and carry the trace on', async () => {
    const { give, bus } = await testAlerting({ database });
    const pair = testPair('a');
    await savePair(database, pair);
    await give(scoreEvent(scoreOf(pair, URGENT), { traceparent: '00-1-2-01' }));
    const [event] = await bus.appended();
    expect(event).toMatchObject({ type: 'overread.alert.changed', key: pair.studyId });
    const { rows } = await database.query('select attributes from appended_event');
    expect(rows).toEqual([{ attributes: { traceparent: '00-1-2-01' } }]);
  });

  test.each([
    ['a difference below the alerting operating point', { ...URGENT, alertable: false }, {}],
    ['no difference', NOTHING, {}],
    ['a minor difference', scored(discrepancy({ significance: 'minor' })), {}],
    ['a pair that could not be scored', { state: 'unscorable', reason: 'time_limit' } as const, {}],
    ['a quiet score', URGENT, { quiet: true }],
  ])('%s is stored and raises nothing', async (_, result, overrides) => {
    const { give, alerts } = await testAlerting({ database });
    const pair = testPair('a');
    await savePair(database, pair);
    await give(scoreEvent(scoreOf(pair, result, overrides)));
    expect(await alerts()).toEqual([]);
    expect((await database.query('select 1 from score')).rowCount).toBe(1);
  });

  test.each(['T', 'D'] as const)('processing %s never alerts', async (processing) => {
    const { give, alerts } = await testAlerting({ database });
    const pair = testPair('a', { processing });
    await savePair(database, pair);
    await give(scoreEvent(scoreOf(pair, URGENT)));
    expect(await alerts()).toEqual([]);
  });

  test('age counts from the message that completed the pair: history stays quiet', async () => {
    const { give, alerts } = await testAlerting({ database, config: { maxAgeHours: 1 } });
    const old = testPair('old', { completedAt: '2026-03-04T06:59:59.000Z' });
    const young = testPair('young', { completedAt: '2026-03-04T07:00:01.000Z' });
    for (const pair of [old, young]) await savePair(database, pair);
    await give(scoreEvent(scoreOf(old, URGENT)), scoreEvent(scoreOf(young, URGENT)));
    expect((await alerts()).map((alert) => alert.pairId)).toEqual([young.id]);
  });

  test('a score that comes after its pair was superseded or withdrawn raises nothing', async () => {
    const { give, alerts } = await testAlerting({ database });
    for (const status of ['superseded', 'withdrawn'] as const) {
      const pair = testPair(status);
      await savePair(database, pair, status);
      await give(stateEvent(pair, status));
      await give(scoreEvent(scoreOf(pair, URGENT)));
    }
    expect(await alerts()).toEqual([]);
  });

  test('a pair state that names no pair, or one nobody has scored, changes nothing', async () => {
    const { give, alerts } = await testAlerting({ database });
    const pair = testPair('a');
    await give(stateEvent(pair, 'waiting_for_final', { pairId: null }), stateEvent(pair, 'withdrawn'));
    expect(await alerts()).toEqual([]);
  });

  test('a score without its pair is refused, for another try, and nothing of its batch is stored', async () => {
    const { give } = await testAlerting({ database });
    const pair = testPair('a');
    await savePair(database, pair);
    const events = [scoreEvent(scoreOf(pair, URGENT)), scoreEvent(scoreOf(testPair('none'), URGENT))];
    await expect(give(...events)).rejects.toMatchObject({ code: 'OVR_SCORE_WITHOUT_PAIR', retry: true });
    expect((await database.query('select 1 from score')).rowCount).toBe(0);
  });

  test('an event of another kind or shape is refused for good', async () => {
    const { give } = await testAlerting({ database });
    const pair = testPair('a');
    const refused = { code: 'OVR_EVENT_MALFORMED', retry: false };
    const event = scoreEvent(scoreOf(pair, URGENT));
    await expect(give({ ...event, data: Buffer.from('{}') })).rejects.toMatchObject(refused);
    await expect(give({ ...event, type: 'overread.pair.ready' })).rejects.toMatchObject(refused);
  });

  test('texts that jsonb refuses are stored all the same', async () => {
    const { give } = await testAlerting({ database });
    const pair = testPair('a');
    await savePair(database, pair);
    const half = '\ud83e';
    await give(
      scoreEvent(scoreOf(pair, scored(discrepancy({ explanation: `${half} and \u0000 and \\u0000` })))),
    );
    const { rows } = await database.query<{ text: string }>(
      "select document #>> '{result,discrepancies,0,explanation}' as text from score",
    );
    expect(rows).toEqual([{ text: '\ufffd and \ufffd and \\u0000' }]);
  });

  describe('revisions', () => {
    async function raised(result = ACTIONABLE, config: unknown = {}) {
      const alerting = await testAlerting({ database, config });
      const first = testPair('first', { studyId: 'study' });
      await savePair(database, first);
      await alerting.give(scoreEvent(scoreOf(first, result)));
      return { ...alerting, first };
    }

    async function correct(alerting: Awaited<ReturnType<typeof raised>>, result = URGENT, name = 'second') {
      const second = testPair(name, { studyId: 'study', completedAt: '2026-03-04T08:00:01.000Z' });
      await savePair(database, alerting.first, 'superseded');
      await savePair(database, second);
      await alerting.give(stateEvent(alerting.first, 'superseded', { supersededBy: second.id }));
      await alerting.give(scoreEvent(scoreOf(second, result)));
      return second;
    }

    test('a corrected truth revises the same alert', async () => {
      const alerting = await raised();
      const [before] = await alerting.alerts();
      alerting.clock.advance(5_000);
      const second = await correct(alerting);
      expect(await alerting.alerts()).toEqual([
        {
          ...before,
          revision: 2,
          pairId: second.id,
          significance: 'urgent',
          link: `https://overread.example/cases/${second.id}`,
          updatedAt: '2026-03-04T08:00:05.000Z',
        },
      ]);
      expect((await alerting.notices()).map(outline)).toEqual([
        'alert.raised: actionable r1 open',
        'alert.revised: urgent r2 open',
      ]);
      const { rows } = await database.query('select revision, notice from alert_revision order by revision');
      expect(rows).toEqual([
        { revision: 1, notice: 'alert.raised' },
        { revision: 2, notice: 'alert.revised' },
      ]);
    });

    test('between the new truth and its score the alert stands as it was', async () => {
      const alerting = await raised();
      await savePair(database, alerting.first, 'superseded');
      await savePair(database, testPair('second', { studyId: 'study' }));
      await alerting.give(stateEvent(alerting.first, 'superseded'));
      expect((await alerting.notices()).map(outline)).toEqual(['alert.raised: actionable r1 open']);
    });

    test('a truth that cannot be scored says nothing: the alert stands', async () => {
      const alerting = await raised();
      await correct(alerting, { state: 'unscorable', reason: 'too_long' });
      expect((await alerting.alerts()).map(({ state }) => state)).toEqual(['open']);
    });

    test('no longer significant withdraws it; significant again raises the same alert again', async () => {
      const alerting = await raised();
      const second = await correct(alerting, NOTHING);
      await correct({ ...alerting, first: second }, ACTIONABLE, 'third');
      expect((await alerting.notices()).map(outline)).toEqual([
        'alert.raised: actionable r1 open',
        'alert.withdrawn: actionable r2 withdrawn',
        'alert.raised: actionable r3 open',
      ]);
      expect(new Set((await alerting.notices()).map((n) => n.alerts[0]?.id)).size).toBe(1);
    });

    test('a withdrawn pair withdraws its alert, once', async () => {
      const alerting = await raised();
      await savePair(database, alerting.first, 'withdrawn');
      await alerting.give(stateEvent(alerting.first, 'withdrawn'));
      await alerting.give(stateEvent(alerting.first, 'withdrawn'));
      expect((await alerting.notices()).map(outline)).toEqual([
        'alert.raised: actionable r1 open',
        'alert.withdrawn: actionable r2 withdrawn',
      ]);
    });

    test('the same score again, or a rescore that says the same, makes no revision', async () => {
      const alerting = await raised();
      await alerting.give(scoreEvent(scoreOf(alerting.first, ACTIONABLE)));
      await alerting.give(scoreEvent(scoreOf(alerting.first, ACTIONABLE, { fingerprint: 'f2' })));
      expect((await alerting.notices()).map(outline)).toEqual(['alert.raised: actionable r1 open']);
      expect((await alerting.metrics.page()).body).toContain('overread_scores_stored_total 2');
    });

    test('of several scores of a pair the newest speaks, whichever comes last', async () => {
      const alerting = await raised(ACTIONABLE);
      const older = scoreOf(alerting.first, NOTHING, {
        fingerprint: 'f0',
        scoredAt: '2026-03-04T07:59:58.000Z',
      });
      await alerting.give(scoreEvent(older));
      expect((await alerting.alerts()).map(({ state }) => state)).toEqual(['open']);
    });

    test('a quiet rescore changes nothing', async () => {
      const alerting = await raised();
      const rescore = scoreOf(alerting.first, NOTHING, {
        fingerprint: 'f2',
        quiet: true,
        scoredAt: '2026-03-04T09:00:00.000Z',
      });
      await alerting.give(scoreEvent(rescore));
      expect((await alerting.alerts()).map(({ state }) => state)).toEqual(['open']);
    });

    test('an acknowledged alert stays acknowledged unless its tier gets worse', async () => {
      const alerting = await raised();
      const [alert] = await alerting.alerts();
      const at = alerting.clock.now();
      const given = { alertId: alert?.id ?? '', revision: 1, by: 'reviewer-1', at };
      await database.tx((tx) => acknowledgeAlert(tx, given));
      const second = await correct(alerting, ACTIONABLE);
      expect((await alerting.alerts()).map(({ state, revision }) => [state, revision])).toEqual([
        ['acknowledged', 3],
      ]);
      await correct({ ...alerting, first: second }, URGENT, 'third');
      expect((await alerting.alerts()).map(({ state, revision }) => [state, revision])).toEqual([
        ['open', 4],
      ]);
      const { rows } = await database.query('select acknowledged_by from alert');
      expect(rows).toEqual([{ acknowledged_by: null }]);
    });

    test('past the maximum age an alert is kept true, and nobody is told', async () => {
      const webhook = { type: 'webhook', name: 'hook', url: 'http://127.0.0.1:9/', secretFrom: 'HOOK' };
      const alerting = await testAlerting({
        database,
        config: { channels: [webhook] },
        environment: { HOOK: 's' },
      });
      const first = testPair('first', { studyId: 'study' });
      await savePair(database, first);
      await alerting.give(scoreEvent(scoreOf(first, ACTIONABLE)));
      alerting.clock.advance(30 * 3_600_000);
      await correct({ ...alerting, first });
      expect((await alerting.alerts()).map(({ significance }) => significance)).toEqual(['urgent']);
      expect((await alerting.deliveries()).map(({ notice, state }) => [notice, state])).toEqual([
        ['alert.raised', 'pending'],
        ['alert.revised', 'suppressed'],
      ]);
    });
  });

  describe('studies that move', () => {
    test('two alerts that meet in one study become one: the first raised carries on', async () => {
      const alerting = await testAlerting({ database });
      const a = testPair('a', { studyId: 'one' });
      const b = testPair('b', { studyId: 'two', completedAt: '2026-03-04T07:59:59.000Z' });
      for (const pair of [a, b]) await savePair(database, pair);
      await alerting.give(scoreEvent(scoreOf(a, ACTIONABLE)));
      alerting.clock.advance(1_000);
      await alerting.give(scoreEvent(scoreOf(b, ACTIONABLE)));
      await savePair(database, a, 'superseded');
      await savePair(database, { ...b, studyId: 'one' });
      await alerting.give(stateEvent({ ...b, studyId: 'one' }, 'active'));
      const [first, second] = await alerting.alerts();
      expect(first).toMatchObject({ state: 'open', pairId: b.id });
      expect(second).toMatchObject({ state: 'withdrawn' });
    });

    test('a pair that moves takes its alert along, and the study it left can have one of its own', async () => {
      const alerting = await testAlerting({ database });
      const moved = testPair('moved', { studyId: 'old' });
      await savePair(database, moved);
      await alerting.give(scoreEvent(scoreOf(moved, ACTIONABLE)));
      await savePair(database, { ...moved, studyId: 'new' });
      await alerting.give(stateEvent({ ...moved, studyId: 'new' }, 'active'));
      const later = testPair('later', { studyId: 'old' });
      await savePair(database, later);
      await alerting.give(scoreEvent(scoreOf(later, URGENT)));
      const alerts = await alerting.alerts();
      expect(alerts.map(({ pairId, state }) => [pairId, state]).sort()).toEqual(
        [
          [moved.id, 'open'],
          [later.id, 'open'],
        ].sort(),
      );
      expect(new Set(alerts.map(({ id }) => id)).size).toBe(2);
    });
  });

  test('each rule has its own alert; one that left the configuration is withdrawn at the next change', async () => {
    const rules = [
      { name: 'urgent-ct', tiers: ['urgent'], modalities: ['CT'] },
      { name: 'all', tiers: ['urgent', 'actionable'] },
    ];
    const alerting = await testAlerting({ database, config: { rules } });
    const pair = testPair('a', { modality: 'CT' });
    await savePair(database, pair);
    await alerting.give(scoreEvent(scoreOf(pair, URGENT)));
    expect((await alerting.alerts()).map(({ rule }) => rule).sort()).toEqual(['all', 'urgent-ct']);
    const later = await testAlerting({ database, config: { rules: rules.slice(1) } });
    await later.give(stateEvent(pair, 'active'));
    expect((await later.alerts()).map(({ rule, state }) => [rule, state]).sort()).toEqual([
      ['all', 'open'],
      ['urgent-ct', 'withdrawn'],
    ]);
  });

  test('shadow mode records alerts and tells neither channels nor the alerts topic', async () => {
    const channels = [{ type: 'webhook', name: 'hook', url: 'http://127.0.0.1:9/', secretFrom: 'HOOK' }];
    const environment = { HOOK: 's' };
    const shadow = await testAlerting({ database, config: { shadow: true, channels }, environment });
    const pair = testPair('a');
    await savePair(database, pair);
    await shadow.give(scoreEvent(scoreOf(pair, ACTIONABLE)));
    expect((await shadow.alerts()).length).toBe(1);
    expect(await shadow.notices()).toEqual([]);
    // The revision of an alert that nobody was told stays untold after shadow mode; a new alert is told.
    const live = await testAlerting({ database, config: { channels }, environment });
    await live.give(
      scoreEvent(scoreOf(pair, URGENT, { fingerprint: 'f2', scoredAt: '2026-03-04T08:00:00.000Z' })),
    );
    const next = testPair('b');
    await savePair(database, next);
    await live.give(scoreEvent(scoreOf(next, URGENT)));
    expect((await live.notices()).map(outline)).toEqual(['alert.raised: urgent r1 open']);
    expect((await live.deliveries()).map(({ notice, state }) => [notice, state])).toEqual([
      ['alert.raised', 'suppressed'],
      ['alert.revised', 'suppressed'],
      ['alert.raised', 'pending'],
    ]);
  });
});
