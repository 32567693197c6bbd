import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AlertNotice } from '../../../contracts/index.js';
import { claimDeliveries } from '../../../services/ledger/index.js';
import type { Database } from '../../../services/platform/index.js';
import { emptyAlerts, type TestAlerting, testAlerting } from '../../support/alerting.js';
import { engines, type Ledger, startLedger } from '../../support/engines.js';
import { eventually } from '../../support/eventually.js';
import { createManualClock } from '../../support/manual-clock.js';
import { OK, type Receiver, startReceiver, status } from '../../support/receiver.js';
import {
  discrepancy,
  outline,
  savePair,
  scored,
  scoreEvent,
  scoreOf,
  stateEvent,
  type TestPair,
  testPair,
} from '../../support/scored-pairs.js';

const URGENT = scored(discrepancy({ significance: 'urgent' }));
const ACTIONABLE = scored(discrepancy());
const environment = { HOOK: 'secret' };

describe.each(engines)('delivery on %s', (engine) => {
  let ledger: Ledger;
  let database: Database;
  let receiver: Receiver;
  const running: TestAlerting[] = [];
  beforeAll(async () => {
    ledger = await startLedger(engine);
    database = ledger.database;
  }, 60_000);
  afterAll(() => ledger.close());
  beforeEach(async () => {
    await emptyAlerts(database);
    receiver = await startReceiver();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(({ service }) => service.stop()));
    await receiver.stop();
  });

  async function alerting(config: Record<string, unknown> = {}, clock = createManualClock()) {
    const hook = { type: 'webhook', name: 'hook', url: receiver.url, secretFrom: 'HOOK', timeoutSeconds: 1 };
    const made = await testAlerting({
      database,
      config: { channels: [hook], ...config },
      environment,
      clock,
    });
    running.push(made);
    await made.service.start();
    return made;
  }

  async function raise({ give }: TestAlerting, name: string, result = ACTIONABLE): Promise<TestPair> {
    const pair = testPair(name);
    await savePair(database, pair);
    await give(scoreEvent(scoreOf(pair, result)));
    return pair;
  }

  const bodies = () => receiver.received.map(({ body }) => AlertNotice.parse(JSON.parse(body)));
  const rescore = (pair: TestPair, result = URGENT, second = 10) =>
    scoreEvent(
      scoreOf(pair, result, { fingerprint: `f${second}`, scoredAt: `2026-03-04T08:00:${second}.000Z` }),
    );
  /** Lets time pass until `check` holds: retries, polls and digests fall due on the way. */
  const pass = <T>({ clock }: TestAlerting, check: () => T | Promise<T>) =>
    eventually(async () => {
      clock.advance(1_000);
      return check();
    });
  const settled = async (made: TestAlerting, ...states: string[]) =>
    expect((await made.deliveries()).map(({ state }) => state)).toEqual(states);

  test('an alert is delivered at once, without waiting for the poll', async () => {
    const made = await alerting();
    await raise(made, 'a', URGENT);
    await eventually(() => settled(made, 'delivered'));
    expect(bodies().map(outline)).toEqual(['alert.raised: urgent r1 open']);
    const page = (await made.metrics.page()).body;
    expect(page).toContain('overread_deliveries_total{channel="hook",outcome="delivered"} 1');
    expect(page).toContain('overread_alerts_undelivered{channel="hook"} 0');
  });

  test('what fails is tried again with a growing wait, under the same delivery id', async () => {
    const made = await alerting();
    receiver.answer(status(503));
    await raise(made, 'a');
    await eventually(() => expect(made.log()).toContain('"reason":"http_503"'));
    made.clock.advance(5_000);
    expect((await made.metrics.page()).body).toContain(
      'overread_alerts_undelivered_oldest_seconds{channel="hook"} 5',
    );
    await pass(made, () => expect(receiver.received.length).toBe(3));
    receiver.answer(OK);
    await pass(made, () => settled(made, 'delivered'));
    expect(new Set(receiver.received.map(({ headers }) => headers['x-overread-delivery'])).size).toBe(1);
    expect(made.log()).not.toContain('Zzyzx');
  });

  test('a receiver that was away gets everything when it is back, each study in its order', async () => {
    const made = await alerting();
    await receiver.away();
    const pair = await raise(made, 'a');
    await made.give(rescore(pair));
    await raise(made, 'b');
    await pass(made, () => expect(made.log()).toContain('ECONNREFUSED'));
    await receiver.back();
    await pass(made, () => settled(made, 'delivered', 'delivered', 'delivered'));
    const ofPair = bodies().filter(({ alerts }) => alerts[0]?.pairId === pair.id);
    expect(ofPair.map(outline)).toEqual([
      'alert.raised: actionable r1 open',
      'alert.revised: urgent r2 open',
    ]);
  });

  test('a later revision waits for an earlier one; other studies do not', async () => {
    const made = await alerting();
    const stuck = await raise(made, 'stuck');
    await eventually(() => settled(made, 'delivered'));
    receiver.answer((response, { body }) =>
      (body.includes(stuck.id) ? status(500) : OK)(response, { path: '', headers: {}, body }),
    );
    await made.give(rescore(stuck));
    await made.give(rescore(stuck, scored(), 20));
    await raise(made, 'free');
    await pass(made, () => settled(made, 'delivered', 'pending', 'pending', 'delivered'));
    receiver.answer(OK);
    await pass(made, () => settled(made, 'delivered', 'delivered', 'delivered', 'delivered'));
    const told = bodies().filter(({ alerts }) => alerts[0]?.pairId === stuck.id);
    expect(told.at(-2)?.type).toBe('alert.revised');
    expect(told.at(-1)?.type).toBe('alert.withdrawn');
  });

  test('Retry-After is respected', async () => {
    const made = await alerting();
    receiver.answer(status(429, { 'retry-after': '3600' }));
    await raise(made, 'a');
    await eventually(() => expect(made.log()).toContain('http_429'));
    receiver.answer(OK);
    made.clock.advance(3_590_000);
    await eventually(() => expect(made.clock.sleepers()).toBe(1));
    expect(receiver.received.length).toBe(1);
    await pass(made, () => settled(made, 'delivered'));
  });

  test('a permanent failure is given up at once and seen; the next revision still goes out', async () => {
    const made = await alerting();
    receiver.answer(status(410));
    const pair = await raise(made, 'a');
    await eventually(() => settled(made, 'failed'));
    expect(made.log()).toContain('OVR_DELIVERY_FAILED');
    expect((await made.metrics.page()).body).toContain('overread_alerts_delivery_failed{channel="hook"} 1');
    receiver.answer(OK);
    await made.give(rescore(pair));
    await eventually(() => settled(made, 'failed', 'delivered'));
  });

  test('after the last attempt a delivery is given up', async () => {
    const made = await alerting({ delivery: { maxAttempts: 2, firstBackoffSeconds: 1 } });
    receiver.answer(status(500));
    await raise(made, 'a');
    await pass(made, () => settled(made, 'failed'));
    expect(receiver.received.length).toBe(2);
  });

  test('a delivery that its process took to the grave is delivered by another, under the same id', async () => {
    const clock = createManualClock();
    const dead = await testAlerting({
      database,
      config: { channels: [{ type: 'webhook', name: 'hook', url: receiver.url, secretFrom: 'HOOK' }] },
      environment,
      clock,
    });
    await raise(dead, 'a');
    const until = new Date(clock.now().getTime() + 60_000);
    const [claimed] = await claimDeliveries(database, { channel: 'hook', now: clock.now(), until, limit: 8 });
    const made = await alerting({}, clock);
    clock.advance(59_000);
    await eventually(() => expect(clock.sleepers()).toBe(1));
    expect(receiver.received).toEqual([]);
    await pass(made, () => settled(made, 'delivered'));
    expect(receiver.received[0]?.headers['x-overread-delivery']).toBe(claimed?.id);
  });

  test('several processes share the work and none delivers twice', async () => {
    const clock = createManualClock();
    const made = [await alerting({}, clock), await alerting({}, clock), await alerting({}, clock)];
    const [first] = made;
    if (first === undefined) throw new Error('none');
    const pairs = Array.from({ length: 30 }, (_, n) => testPair(`p${n}`));
    for (const pair of pairs) await savePair(database, pair);
    await first.give(...pairs.map((pair) => scoreEvent(scoreOf(pair, URGENT))));
    for (const one of made) one.clock.advance(1_000);
    await pass(first, () => expect(receiver.received.length).toBe(30));
    const ids = receiver.received.map(({ headers }) => headers['x-overread-delivery']);
    expect(new Set(ids).size).toBe(30);
  });

  describe('past the daily budget', () => {
    const budget = { dailyBudget: 2, digestEveryMinutes: 10 };

    test('one digest gathers what waits, with counts and the alerts, worst first', async () => {
      const made = await alerting(budget);
      for (const name of ['a', 'b', 'c']) await raise(made, name);
      const revised = await raise(made, 'd');
      await made.give(rescore(revised));
      const withdrawn = await raise(made, 'e');
      await savePair(database, withdrawn, 'withdrawn');
      await made.give(stateEvent(withdrawn, 'withdrawn'));
      await eventually(() => expect(receiver.received.length).toBe(2));
      made.clock.advance(9 * 60_000);
      await eventually(() => expect(made.clock.sleepers()).toBe(1));
      expect(receiver.received.length).toBe(2);
      expect((await made.metrics.page()).body).toContain('overread_alerts_undelivered{channel="hook"} 5');
      made.clock.advance(60_000);
      await eventually(() => expect(receiver.received.length).toBe(3));
      const digest = bodies().at(-1);
      expect(digest?.type).toBe('alert.digest');
      expect(digest?.counts).toEqual({ urgent: 1, actionable: 1, withdrawn: 1 });
      expect(digest?.alerts.map((a) => [a.significance, a.revision, a.state])).toEqual([
        ['urgent', 2, 'open'],
        ['actionable', 1, 'open'],
        ['actionable', 2, 'withdrawn'],
      ]);
      await eventually(async () =>
        expect(new Set((await made.deliveries()).map(({ state }) => state))).toEqual(new Set(['delivered'])),
      );
    });

    test('the count survives a restart and begins anew the next day', async () => {
      const first = await alerting(budget);
      for (const name of ['a', 'b', 'c']) await raise(first, name);
      await running.splice(0)[0]?.service.stop();
      const second = await alerting(budget, first.clock);
      await raise(second, 'd');
      expect((await second.deliveries()).map(({ state }) => state).slice(2)).toEqual([
        'in_digest',
        'in_digest',
      ]);
      second.clock.advance(16 * 3_600_000);
      const pair = testPair('e', { completedAt: second.clock.now().toISOString() });
      await savePair(database, pair);
      await second.give(scoreEvent(scoreOf(pair, ACTIONABLE)));
      await eventually(async () =>
        expect(
          (await second.deliveries()).find(
            ({ notice, state }) => notice === 'alert.digest' && state === 'delivered',
          ),
        ).toBeTruthy(),
      );
      expect(
        bodies().some(({ type, alerts }) => type === 'alert.raised' && alerts[0]?.pairId === pair.id),
      ).toBe(true);
    });

    test('a digest that fails is tried again, and a later notice of its study waits for it', async () => {
      const made = await alerting({ dailyBudget: 1, digestEveryMinutes: 10 });
      await raise(made, 'a');
      const pair = await raise(made, 'b');
      await eventually(() => expect(receiver.received.length).toBe(1));
      receiver.answer(status(503));
      await pass({ ...made, clock: { ...made.clock, advance: () => made.clock.advance(60_000) } }, () =>
        expect(bodies().at(-1)?.type).toBe('alert.digest'),
      );
      // A day later there is budget again, and the digest is still under way.
      await database.exec("update delivery set created_at = created_at - interval '1 day'");
      await made.give(rescore(pair));
      expect((await made.deliveries()).at(-1)).toEqual({
        channel: 'hook',
        notice: 'alert.revised',
        state: 'pending',
      });
      receiver.answer(OK);
      await pass(made, () => expect(bodies().at(-1)?.type).toBe('alert.revised'));
      expect(bodies().at(-2)?.type).toBe('alert.digest');
      expect(bodies().at(-2)?.alerts.map(outlineOf)).toEqual(['actionable r1']);
      expect(bodies().at(-1)?.alerts.map(outlineOf)).toEqual(['urgent r2']);
    });
  });

  test('stopping waits for the attempt under way', async () => {
    const made = await alerting();
    let finish: () => void = () => {};
    receiver.answer((response) => {
      finish = () => OK(response, { path: '', headers: {}, body: '' });
    });
    await raise(made, 'a');
    await eventually(() => expect(receiver.received.length).toBe(1));
    const stopped = made.service.stop();
    finish();
    await stopped;
    await settled(made, 'delivered');
    running.length = 0;
  });
});

function outlineOf({ significance, revision }: { significance: string; revision: number }): string {
  return `${significance} r${revision}`;
}
