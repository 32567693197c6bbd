import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { OverreadError, TOPICS } from '../../../contracts/index.js';
import { type EventBus, type IncomingEvent, packageRoot } from '../../../services/platform/index.js';
import { combinations, type Engines, message, startEngines } from '../../support/bus.js';
import { eventually } from '../../support/eventually.js';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A started consumer of raw messages that notes what it handled. */
async function listen(
  bus: EventBus,
  group: string,
  handle: (events: readonly IncomingEvent[]) => Promise<void> = async () => {},
  options: { batchSize?: number; topics?: (typeof TOPICS)[keyof typeof TOPICS][] } = {},
) {
  const events: IncomingEvent[] = [];
  const consumer = bus.consume({
    group,
    topics: [TOPICS.hl7],
    ...options,
    async handle(batch) {
      await handle(batch);
      events.push(...batch);
    },
  });
  await consumer.start();
  return { consumer, events, ids: () => events.map((event) => event.id) };
}

async function scanned(bus: EventBus, options: { since?: Date } = {}): Promise<IncomingEvent[]> {
  const events: IncomingEvent[] = [];
  for await (const event of bus.scan(TOPICS.hl7, options)) events.push(event);
  return events;
}

async function deadLetters(bus: EventBus): Promise<IncomingEvent[]> {
  const events: IncomingEvent[] = [];
  for await (const event of bus.scan(TOPICS.deadLetters)) events.push(event);
  return events;
}

describe.each(combinations())('the bus, %s', (combination) => {
  let engines: Engines;

  beforeAll(async () => {
    engines = await startEngines(combination);
  }, 120_000);
  afterEach(() => engines.leave(), 30_000);
  afterAll(() => engines.stop(), 30_000);

  test('an event arrives whole: bytes, type, key, attributes, media type and time', async () => {
    const { bus } = await engines.world();
    const { events } = await listen(bus, 'whole');
    const data = Buffer.from([0, 0x0b, 0x92, 0xff, 0x1c, 0x0d]);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const before = Date.now();
    await bus.publish([
      { ...message('ris', 'm1', data), attributes: { feed: 'ris', tlssubject: 'Zürich', traceparent } },
    ]);
    await eventually(() => expect(events).toHaveLength(1));
    expect(events[0]).toMatchObject({
      topic: TOPICS.hl7,
      type: 'overread.message.received',
      key: 'ris',
      id: 'm1',
      contentType: 'x-application/hl7-v2+er7',
      attributes: { feed: 'ris', tlssubject: 'Zürich', traceparent },
    });
    expect(events[0]?.data.equals(data)).toBe(true);
    expect(events[0]?.time.getTime()).toBeGreaterThanOrEqual(before - 1);
  });

  test('events of one key keep their order', async () => {
    const { bus } = await engines.world();
    const sent = numbers(400).map((n) => message(`key-${n % 7}`, `m${n}`));
    for (let from = 0; from < sent.length; from += 50) await bus.publish(sent.slice(from, from + 50));
    const { events } = await listen(bus, 'order');
    await eventually(() => expect(new Set(events.map((event) => event.id)).size).toBe(sent.length));
    for (const n of numbers(7)) {
      // At least once: an event may come again, but never before its turn.
      const order = [...new Set(events.filter((event) => event.key === `key-${n}`).map((event) => event.id))];
      expect(order).toEqual(sent.filter((event) => event.key === `key-${n}`).map((event) => event.id));
    }
  });

  test('members of a group share the work, and each group sees everything', async () => {
    const world = await engines.world();
    const other = await world.join();
    const one = await listen(world.bus, 'shared', () => pause(3));
    const two = await listen(other.bus, 'shared', () => pause(3));
    const alone = await listen(other.bus, 'alone');
    await eventually(() => {
      for (const { consumer } of [one, two, alone]) expect(consumer.health().ready).toBe(true);
    });
    const sent = numbers(240).map((n) => message(`key-${n % 24}`, `m${n}`));
    await world.bus.publish(sent);
    await eventually(() => expect(new Set([...one.ids(), ...two.ids()]).size).toBe(sent.length));
    expect(one.events.length).toBeGreaterThan(0);
    expect(two.events.length).toBeGreaterThan(0);
    await eventually(() => expect(new Set(alone.ids()).size).toBe(sent.length));
  });

  test('appended events exist exactly when their transaction commits', async () => {
    const { bus, database } = await engines.world();
    const { ids } = await listen(bus, 'commit');
    const failed = database.tx(async (tx) => {
      await bus.append(tx, [message('a', 'rolled-back')]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await database.tx((tx) => bus.append(tx, [message('a', 'committed')]));
    await eventually(() => expect(ids()).toEqual(['committed']));
    await pause(100);
    expect(ids()).toEqual(['committed']);
  });

  test('a commit wakes the consumers of its process without waiting for a poll', async () => {
    const { bus, database } = await engines.world(
      combination === 'kafka on postgres' ? {} : { pollMs: 10_000 },
    );
    const { events, consumer } = await listen(bus, 'awake');
    await eventually(() => expect(consumer.health().ready).toBe(true));
    await pause(50);
    const start = Date.now();
    for (const n of numbers(5)) {
      await database.tx((tx) => bus.append(tx, [message('a', `m${n}`)]));
      await eventually(() => expect(events).toHaveLength(n + 1));
    }
    expect(Date.now() - start).toBeLessThan(4_000);
  });

  test('concurrent transactions on the same keys lose nothing and are read in commit order', async () => {
    const { bus, database } = await engines.world();
    const { events } = await listen(bus, 'concurrent');
    const committed: string[] = [];
    await Promise.all(
      numbers(6).map(async (writer) => {
        for (const n of numbers(15)) {
          const id = `w${writer}-${n}`;
          await database.tx(async (tx) => {
            // Keys in another order for each writer: the locks underneath must not go in circles.
            const keys = writer % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'b', 'a'];
            await bus.append(
              tx,
              keys.map((key) => message(key, `${id}-${key}`)),
            );
            await pause((writer * 7 + n * 3) % 5);
            tx.afterCommit(() => committed.push(id));
          });
        }
      }),
    );
    await eventually(() => expect(events).toHaveLength(6 * 15 * 3));
    for (const key of ['a', 'b', 'c']) {
      const order = events.filter((event) => event.key === key).map((event) => event.id.slice(0, -2));
      expect(order).toHaveLength(committed.length);
      const own = (writer: number) => order.filter((id) => id.startsWith(`w${writer}-`));
      for (const writer of numbers(6)) expect(own(writer)).toEqual(numbers(15).map((n) => `w${writer}-${n}`));
    }
    const orders = ['a', 'b', 'c'].map((key) =>
      events.filter((event) => event.key === key).map((event) => event.id.slice(0, -2)),
    );
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).toEqual(orders[0]);
  });

  test('an id that is on the topic is not appended again', async () => {
    const { bus, database } = await engines.world();
    const append = (...ids: string[]) =>
      database.tx((tx) =>
        bus.append(
          tx,
          ids.map((id) => message('a', id)),
        ),
      );
    await append('m1', 'm2', 'm1');
    await append('m2', 'm3');
    await Promise.all([append('m4', 'm3'), append('m4', 'm5')]);
    const { events, ids } = await listen(bus, 'twice');
    await eventually(() => expect(events).toHaveLength(5));
    await pause(100);
    expect(ids().sort()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
    await eventually(async () =>
      expect(await bus.lag()).toEqual([{ group: 'twice', topic: TOPICS.hl7, events: 0 }]),
    );
  });

  test('an event refused for good goes to the dead letters at once, with its bytes, and the others go on', async () => {
    const { bus, metrics } = await engines.world();
    let calls = 0;
    const { ids } = await listen(bus, 'poison', async ([event]) => {
      if (event?.id !== 'bad') return;
      calls += 1;
      throw new OverreadError('OVR_EVENT_MALFORMED', 'at PID-3');
    });
    const bytes = Buffer.from([0x4d, 0x53, 0x48, 0x7c, 0x92, 0x00]);
    await bus.publish([message('a', 'm1'), message('a', 'bad', bytes), message('a', 'm2')]);
    await eventually(() => expect(ids()).toEqual(['m1', 'm2']));
    expect(calls).toBe(1);
    const [dead, ...others] = await eventually(async () => {
      const all = await deadLetters(bus);
      expect(all).not.toHaveLength(0);
      return all;
    });
    expect(others).toEqual([]);
    expect(dead?.data.equals(bytes)).toBe(true);
    expect(dead).toMatchObject({
      type: 'overread.dead-letter.recorded',
      key: 'poison',
      contentType: 'x-application/hl7-v2+er7',
      attributes: {
        code: 'OVR_EVENT_MALFORMED',
        stage: 'poison',
        detail: 'at PID-3',
        attempts: '1',
        originaltopic: TOPICS.hl7,
        originaltype: 'overread.message.received',
        originalid: 'bad',
        originalkey: 'a',
        originalfeed: 'a',
        originaltransport: 'mllp',
      },
    });
    expect((await metrics.page()).body).toContain(
      'overread_dead_letters_total{stage="poison",code="OVR_EVENT_MALFORMED"} 1',
    );
  });

  test('a failure is tried again; after five attempts it is a dead letter that does not quote the error', async () => {
    const { bus } = await engines.world();
    const calls = new Map<string, number>();
    const { ids } = await listen(bus, 'again', async ([event]) => {
      const id = event?.id ?? '';
      const call = (calls.get(id) ?? 0) + 1;
      calls.set(id, call);
      if (id === 'hopeless' || (id === 'twice' && call <= 2))
        throw new TypeError('patient Muster is missing');
    });
    await bus.publish([message('a', 'twice'), message('a', 'hopeless'), message('a', 'fine')]);
    await eventually(() => expect(ids()).toEqual(['twice', 'fine']));
    expect(Object.fromEntries(calls)).toEqual({ twice: 3, hopeless: 5, fine: 1 });
    const [dead] = await deadLetters(bus);
    expect(dead?.attributes).toMatchObject({
      code: 'OVR_HANDLER_FAILED',
      detail: 'TypeError',
      attempts: '5',
    });
  });

  test('an outage is nobody’s fault: it is waited out however long, and the consumer is not ready meanwhile', async () => {
    const { bus } = await engines.world();
    let calls = 0;
    const { consumer, ids } = await listen(bus, 'outage', async () => {
      calls += 1;
      if (calls <= 7) throw Object.assign(new Error('server closed the connection'), { code: '08006' });
    });
    await bus.publish([message('a', 'm1')]);
    await eventually(() => expect(consumer.health()).toEqual({ ready: false, detail: '08006' }));
    expect(bus.health().ready).toBe(false);
    await eventually(() => expect(ids()).toEqual(['m1']));
    expect(calls).toBe(8);
    expect(await deadLetters(bus)).toEqual([]);
    expect(consumer.health().ready).toBe(true);
  });

  test('a batch that fails is handled one by one, so that one event cannot take the others with it', async () => {
    const { bus } = await engines.world();
    await bus.publish(numbers(20).map((n) => message('a', `m${n}`)));
    const sizes: number[] = [];
    const { ids } = await listen(
      bus,
      'batch',
      async (events) => {
        sizes.push(events.length);
        if (events.some((event) => event.id === 'm7')) throw new OverreadError('OVR_EVENT_MALFORMED');
      },
      { batchSize: 10 },
    );
    await eventually(() => expect(ids()).toHaveLength(19));
    expect(ids()).toEqual(
      numbers(20)
        .filter((n) => n !== 7)
        .map((n) => `m${n}`),
    );
    expect(Math.max(...sizes)).toBe(10);
    expect((await deadLetters(bus)).map((dead) => dead.attributes.originalid)).toEqual(['m7']);
  });

  test('stopping lets the running handler end, stores its position and hands over nothing new', async () => {
    const { bus } = await engines.world();
    let entered = false;
    const first = await listen(bus, 'stop', async ([event]) => {
      if (event?.id !== 'm3') return;
      entered = true;
      await pause(300);
    });
    await bus.publish(numbers(10).map((n) => message('a', `m${n}`)));
    await eventually(() => expect(entered).toBe(true));
    await first.consumer.stop();
    expect(first.ids()).toEqual(['m0', 'm1', 'm2', 'm3']);
    const second = await listen(bus, 'stop');
    await eventually(() => expect(second.ids()).toEqual(['m4', 'm5', 'm6', 'm7', 'm8', 'm9']));
  });

  test('stopping in the middle of a retry loses nothing', async () => {
    const { bus } = await engines.world();
    let calls = 0;
    const first = await listen(bus, 'retry-stop', async () => {
      calls += 1;
      throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    });
    await bus.publish([message('a', 'm1')]);
    await eventually(() => expect(calls).toBeGreaterThan(1));
    await first.consumer.stop();
    const second = await listen(bus, 'retry-stop');
    await eventually(() => expect(second.ids()).toEqual(['m1']));
    expect(await deadLetters(bus)).toEqual([]);
  });

  test('what a dead consumer had in hand comes to another one', async () => {
    const world = await engines.world();
    const events = ['m1', 'm2', 'hang', 'm4'].map((id) => message('a', id));
    if (combination === 'sql on pglite') {
      // One process owns the embedded database: what its death leaves behind is a lease that nobody will end.
      const { consumer, ids } = await listen(world.bus, 'crash');
      await world.bus.publish(events.slice(0, 2));
      await eventually(() => expect(ids()).toHaveLength(2));
      await consumer.stop();
      await world.bus.publish(events.slice(2));
      await world.database.exec(
        "update event_cursor set owner = 'dead', leased_until = now() + interval '1 day'",
      );
    } else {
      const child = spawn(
        process.execPath,
        [
          join(packageRoot(), 'dist/test/support/bus-child.js'),
          JSON.stringify(world.config),
          world.databaseUrl,
          'crash',
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const printed: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => printed.push(line));
      await world.bus.publish(events);
      await eventually(() => expect(printed).toContain('hang'), 20_000);
      child.kill('SIGKILL');
    }
    const successor = await world.join();
    const { ids } = await listen(successor.bus, 'crash');
    await eventually(() => expect(ids().slice(-2)).toEqual(['hang', 'm4']), 25_000);
    expect(ids().length).toBeLessThanOrEqual(4);
  }, 60_000);

  test('a handler that takes longer than its lease or session keeps its partition', async () => {
    const world = await engines.world();
    const other = await world.join();
    const long = combination === 'kafka on postgres' ? 7_000 : 1_600;
    const slowly = ([event]: readonly IncomingEvent[]) => pause(event?.id === 'm1' ? long : 0);
    const one = await listen(world.bus, 'long', slowly);
    const two = await listen(other.bus, 'long', slowly);
    await eventually(() => {
      for (const { consumer } of [one, two]) expect(consumer.health().ready).toBe(true);
    });
    await world.bus.publish([message('a', 'm1'), message('a', 'm2')]);
    await eventually(() => expect([...one.ids(), ...two.ids()]).toEqual(['m1', 'm2']), long + 5_000);
  }, 40_000);

  test('a scan gives what the topic holds at the call, oldest first, or from a moment on', async () => {
    const { bus } = await engines.world();
    for (const n of numbers(12)) {
      await bus.publish([message(`key-${n % 5}`, `m${n}`)]);
      await pause(3);
    }
    const scan = bus.scan(TOPICS.hl7);
    const seen: IncomingEvent[] = [];
    for await (const event of scan) {
      if (seen.length === 0) await bus.publish([message('late', 'late')]);
      seen.push(event);
    }
    expect(seen.map((event) => event.id)).toEqual(numbers(12).map((n) => `m${n}`));
    const middle = seen[6]?.time ?? new Date();
    const rest = await scanned(bus, { since: middle });
    expect(rest.map((event) => event.id)).toEqual([
      ...numbers(12)
        .slice(6)
        .map((n) => `m${n}`),
      'late',
    ]);
    for await (const event of bus.scan(TOPICS.hl7)) {
      expect(event.id).toBe('m0');
      break;
    }
    for await (const event of bus.scan(TOPICS.alarms))
      throw new Error(`nothing was sent, not even ${event.id}`);
  });

  test('lag is the events a group has not handled, and it is on the metrics page', async () => {
    const { bus, metrics } = await engines.world();
    const first = await listen(bus, 'lagging');
    await bus.publish([message('a', 'm0')]);
    await eventually(() => expect(first.ids()).toEqual(['m0']));
    await first.consumer.stop();
    await bus.publish(numbers(9).map((n) => message(`key-${n}`, `n${n}`)));
    expect(await bus.lag()).toEqual([{ group: 'lagging', topic: TOPICS.hl7, events: 9 }]);
    expect((await metrics.page()).body).toContain(
      'overread_bus_lag_events{group="lagging",topic="overread.hl7.v1"} 9',
    );
    await listen(bus, 'lagging');
    await eventually(async () =>
      expect(await bus.lag()).toEqual([{ group: 'lagging', topic: TOPICS.hl7, events: 0 }]),
    );
  });

  test('an event of 8 MB passes, appended and published, and so does its dead letter', async () => {
    const { bus, database } = await engines.world();
    const big = randomBytes(8_388_608);
    const arrived: boolean[] = [];
    await listen(bus, 'big', async ([event]) => {
      if (event === undefined) return;
      arrived.push(event.data.equals(big));
      if (event.id === 'published') throw new OverreadError('OVR_EVENT_MALFORMED');
    });
    await database.tx((tx) => bus.append(tx, [message('a', 'appended', big), message('a', 'small')]));
    await bus.publish([message('b', 'published', big)]);
    await eventually(() => expect(arrived.toSorted()).toEqual([false, true, true]), 20_000);
    const dead = await eventually(async () => {
      const all = await deadLetters(bus);
      expect(all).toHaveLength(1);
      return all;
    }, 20_000);
    expect(dead[0]?.data.equals(big)).toBe(true);
  }, 60_000);

  test('an attribute with a name that CloudEvents forbids is refused with a code', async () => {
    const { bus } = await engines.world();
    const event = { ...message('a', 'm1'), attributes: { 'X-Bad': '1' } };
    await expect(bus.publish([event])).rejects.toMatchObject({ code: 'OVR_EVENT_MALFORMED' });
  });

  if (combination !== 'sql on pglite') {
    test('a restart of the database is survived: nothing is lost and consumers come back', async () => {
      const { bus, database } = await engines.world();
      const { ids, consumer } = await listen(bus, 'restart', async () => {
        await database.query('select pg_sleep(0.005)');
      });
      await database.tx((tx) =>
        bus.append(
          tx,
          numbers(150).map((n) => message(`key-${n % 9}`, `m${n}`)),
        ),
      );
      await eventually(() => expect(ids().length).toBeGreaterThan(5));
      await engines.postgres?.restart();
      await eventually(() => expect(new Set(ids()).size).toBe(150), 20_000);
      await database.tx((tx) => bus.append(tx, [message('a', 'after')]));
      await eventually(() => expect(ids()).toContain('after'));
      expect(await deadLetters(bus)).toEqual([]);
      await eventually(() => expect(consumer.health().ready).toBe(true));
    }, 60_000);
  }

  if (combination === 'kafka on postgres') {
    test('a restart of the broker is survived: appends go on, and everything arrives', async () => {
      const { bus, database } = await engines.world();
      const { ids, consumer } = await listen(bus, 'broker');
      await bus.publish([message('a', 'before')]);
      await eventually(() => expect(ids()).toEqual(['before']));
      await engines.kafka?.halt();
      await database.tx((tx) =>
        bus.append(
          tx,
          numbers(20).map((n) => message(`key-${n % 3}`, `m${n}`)),
        ),
      );
      await expect(bus.publish([message('a', 'refused')])).rejects.toMatchObject({
        code: 'OVR_BUS_UNAVAILABLE',
      });
      expect(bus.health().ready).toBe(false);
      await engines.kafka?.restart();
      await eventually(() => expect(new Set(ids()).size).toBeGreaterThanOrEqual(21), 40_000);
      await eventually(() => expect(consumer.health().ready).toBe(true), 20_000);
      expect(bus.health().ready).toBe(true);
    }, 90_000);
  }
});
