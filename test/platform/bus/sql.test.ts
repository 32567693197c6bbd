import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TOPICS } from '../../../contracts/index.js';
import { createOutbox } from '../../../services/platform/bus/sql/outbox.js';
import { DEFAULT_TUNING } from '../../../services/platform/bus/tuning.js';
import {
  type Database,
  type EventBus,
  type IncomingEvent,
  systemClock,
} from '../../../services/platform/index.js';
import { combinations, type Engines, message, startEngines } from '../../support/bus.js';
import { eventually } from '../../support/eventually.js';

const DAY_MS = 86_400_000;
const engines = combinations().filter((combination) => combination !== 'kafka on postgres');

describe.each(engines)('the event table, %s', (combination) => {
  let servers: Engines;
  beforeAll(async () => {
    servers = await startEngines(combination);
  }, 60_000);
  afterEach(() => servers.leave());
  afterAll(() => servers.stop());

  /** The outbox as it is `days` from now. */
  function outboxIn(days: number, database: Database) {
    const clock = { ...systemClock, now: () => new Date(Date.now() + days * DAY_MS) };
    return createOutbox({
      database,
      clock,
      tuning: { ...DEFAULT_TUNING, purgeBatch: 4 },
      retentionDays: 7,
      relay: false,
    });
  }

  async function handleAll(bus: EventBus, group: string, count: number) {
    let handled = 0;
    const consumer = bus.consume({
      group,
      topics: [TOPICS.hl7],
      handle: async (events) => {
        handled += events.length;
      },
    });
    await consumer.start();
    await eventually(() => expect(handled).toBe(count));
    await consumer.stop();
  }

  const count = async (database: Database) => (await database.query('select 1 from event')).rowCount;

  test('events are purged when they are past their retention and every known group has read them', async () => {
    const { bus, database } = await servers.world();
    await bus.publish(Array.from({ length: 10 }, (_, n) => message(`key-${n}`, `m${n}`)));
    await handleAll(bus, 'first', 10);
    const late = bus.consume({ group: 'late', topics: [TOPICS.hl7], handle: () => new Promise(() => {}) });
    await database.query(
      `insert into event_cursor (consumer_group, topic, partition)
       select 'late', topic, partition from event_head where topic = $1`,
      [TOPICS.hl7],
    );
    expect(late.health().ready).toBe(false);
    expect(await outboxIn(8, database).purge()).toBe(0);
    await handleAll(bus, 'late', 10);
    expect(await outboxIn(6, database).purge()).toBe(0);
    expect(await outboxIn(8, database).purge()).toBe(10);
    expect(await count(database)).toBe(0);
    await bus.publish([message('key-0', 'after')]);
    await handleAll(bus, 'first', 1);
  });

  test('topics that nobody reads are purged by age alone', async () => {
    const { bus, database } = await servers.world();
    await bus.publish([message('a', 'm1')]);
    expect(await outboxIn(8, database).purge()).toBe(1);
  });

  test('positions have no gaps, and a rolled back transaction leaves none', async () => {
    const { bus, database } = await servers.world();
    await bus.publish([message('a', 'm1'), message('a', 'm2')]);
    const failed = database.tx(async (tx) => {
      await bus.append(tx, [message('a', 'm3')]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await bus.publish([message('a', 'm2'), message('a', 'm4')]);
    const { rows } = await database.query<{ id: string; position: number }>(
      'select id, position from event order by position',
    );
    expect(rows).toEqual([
      { id: 'm1', position: 1 },
      { id: 'm2', position: 2 },
      { id: 'm4', position: 3 },
    ]);
  });

  test('an event of a type that this version does not know goes to the dead letters', async () => {
    const { bus, database } = await servers.world();
    await bus.publish([message('a', 'm1'), message('a', 'm2'), message('a', 'm3')]);
    await database.exec("update event set type = 'overread.message.folded' where id = 'm2'");
    await handleAll(bus, 'old', 2);
    const dead = [];
    for await (const event of bus.scan(TOPICS.deadLetters)) dead.push(event.attributes);
    expect(dead).toEqual([
      expect.objectContaining({
        code: 'OVR_EVENT_MALFORMED',
        originalid: 'm2',
        originaltype: 'overread.message.folded',
      }),
    ]);
  });

  test('events that a relay has handed to Kafka are passed over', async () => {
    const { bus, database } = await servers.world();
    await bus.publish([message('a', 'm1'), message('a', 'm2'), message('a', 'm3')]);
    await database.exec("update event set data = null where id <> 'm2'");
    const handled: string[] = [];
    const handle = async (events: readonly IncomingEvent[]) => {
      handled.push(...events.map((event) => event.id));
    };
    await bus.consume({ group: 'after-kafka', topics: [TOPICS.hl7], handle }).start();
    await eventually(() => expect(handled).toEqual(['m2']));
    await database.exec('update event set data = null');
    const later = bus.consume({ group: 'later', topics: [TOPICS.hl7], handle: async () => {} });
    await later.start();
    await eventually(async () => {
      const lags = await bus.lag();
      expect(lags.map(({ group, events }) => [group, events])).toEqual([
        ['after-kafka', 0],
        ['later', 0],
      ]);
    });
  });
});
