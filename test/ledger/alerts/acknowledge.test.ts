import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Alert, AlertNotice } from '../../../contracts/index.js';
import { type AlertChange, acknowledgeAlert, writeAlertChanges } from '../../../services/ledger/index.js';
import type { Database } from '../../../services/platform/index.js';
import { emptyAlerts } from '../../support/alerting.js';
import { engines, type Ledger, startLedger } from '../../support/engines.js';
import { savePair, testPair } from '../../support/scored-pairs.js';

const at = new Date('2026-03-04T09:00:00.000Z');
const pair = testPair('a');
const alert: Alert = {
  id: `alert_${'0'.repeat(32)}`,
  revision: 1,
  rule: 'significant',
  state: 'open',
  pairId: pair.id,
  generator: pair.generator,
  modality: 'CR',
  significance: 'urgent',
  aspects: ['finding', 'device'],
  discrepancies: 2,
  link: 'https://overread.example/cases/x',
  raisedAt: '2026-03-04T08:00:00.000Z',
  updatedAt: '2026-03-04T08:00:00.000Z',
};
const raised: AlertChange = { alert, studyId: pair.studyId, notice: 'alert.raised', shadow: false };

describe.each(engines)('acknowledging on %s', (engine) => {
  let ledger: Ledger;
  let database: Database;
  beforeAll(async () => {
    ledger = await startLedger(engine);
    database = ledger.database;
  }, 60_000);
  afterAll(() => ledger.close());
  beforeEach(async () => {
    await emptyAlerts(database);
    await savePair(database, pair);
    await database.tx((tx) => writeAlertChanges(tx, [raised]));
  });

  const acknowledge = (revision: number, by = 'reviewer-1', alertId = alert.id) =>
    database.tx((tx) => acknowledgeAlert(tx, { alertId, revision, by, at }));

  test('an open alert becomes a new, acknowledged revision, told on the alerts topic', async () => {
    const result = await acknowledge(1);
    const acknowledged = { ...alert, revision: 2, state: 'acknowledged', updatedAt: at.toISOString() };
    expect(result).toMatchObject({ kind: 'acknowledged', alert: acknowledged });
    const events = result.kind === 'acknowledged' ? result.events : [];
    expect(events.map(({ type, key }) => [type, key])).toEqual([['overread.alert.changed', pair.studyId]]);
    const notice = AlertNotice.parse(JSON.parse(events[0]?.data.toString() ?? ''));
    expect(notice).toMatchObject({ type: 'alert.acknowledged', alerts: [acknowledged] });
    expect(JSON.stringify(notice)).not.toContain('reviewer-1');
    const { rows } = await database.query(
      'select state, revision, acknowledged_by, acknowledged_at from alert',
    );
    expect(rows).toEqual([
      { state: 'acknowledged', revision: 2, acknowledged_by: 'reviewer-1', acknowledged_at: at },
    ]);
    const history = await database.query('select revision, notice from alert_revision order by revision');
    expect(history.rows).toEqual([
      { revision: 1, notice: 'alert.raised' },
      { revision: 2, notice: 'alert.acknowledged' },
    ]);
  });

  test('of two people the second is shown what the first did', async () => {
    const results = await Promise.all([acknowledge(1, 'a'), acknowledge(1, 'b')]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['acknowledged', 'changed']);
    expect(results.find(({ kind }) => kind === 'changed')).toMatchObject({
      alert: { revision: 2, state: 'acknowledged' },
    });
  });

  test('an alert that changed since it was shown is not acknowledged', async () => {
    const worse: AlertChange = { ...raised, alert: { ...alert, revision: 2 }, notice: 'alert.revised' };
    await database.tx((tx) => writeAlertChanges(tx, [worse]));
    expect(await acknowledge(1)).toEqual({ kind: 'changed', alert: worse.alert });
  });

  test('only an open alert can be acknowledged', async () => {
    const withdrawn: AlertChange = {
      ...raised,
      alert: { ...alert, revision: 2, state: 'withdrawn' },
      notice: 'alert.withdrawn',
    };
    await database.tx((tx) => writeAlertChanges(tx, [withdrawn]));
    expect(await acknowledge(2)).toEqual({ kind: 'changed', alert: withdrawn.alert });
  });

  test('a withdrawn alert still tells who had acknowledged it; an open one tells nobody', async () => {
    await acknowledge(1);
    const next = (revision: number, state: Alert['state']): AlertChange => ({
      ...raised,
      alert: { ...alert, revision, state },
      notice: 'alert.revised',
    });
    const by = async () => (await database.query('select acknowledged_by as by from alert')).rows[0]?.by;
    await database.tx((tx) => writeAlertChanges(tx, [next(3, 'withdrawn')]));
    expect(await by()).toBe('reviewer-1');
    await database.tx((tx) => writeAlertChanges(tx, [next(4, 'open')]));
    expect(await by()).toBeNull();
  });

  test('an alert nobody knows is unknown, and a shadow alert is told to nobody', async () => {
    expect(await acknowledge(1, 'a', 'alert_none')).toEqual({ kind: 'unknown' });
    const shadow = { ...raised, alert: { ...alert, id: `alert_${'1'.repeat(32)}` }, shadow: true };
    await database.tx((tx) => writeAlertChanges(tx, [shadow]));
    expect(await acknowledge(1, 'a', shadow.alert.id)).toMatchObject({ kind: 'acknowledged', events: [] });
  });
});
