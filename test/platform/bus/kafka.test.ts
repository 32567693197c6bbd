import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { BusConfig, TOPICS } from '../../../contracts/index.js';
import { muffleTimeoutWarnings } from '../../../services/platform/bus/kafka/client.js';
import { asOverread } from '../../../services/platform/bus/kafka/failure.js';
import {
  CompressionTypes,
  ConfigResourceTypes,
  Kafka,
  logLevel,
} from '../../../services/platform/bus/kafka/kafkajs.js';
import {
  createBus,
  createLogger,
  createMetrics,
  type IncomingEvent,
  systemClock,
} from '../../../services/platform/index.js';
import { combinations, type Engines, message, startEngines } from '../../support/bus.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/postgres.js';

const here = combinations().includes('kafka on postgres');
const logger = createLogger({ level: 'error' }, { write: () => {} });

(here ? describe : describe.skip)('the bus on Kafka', () => {
  let engines: Engines;
  beforeAll(async () => {
    engines = await startEngines('kafka on postgres');
  }, 120_000);
  afterEach(() => engines.leave(), 30_000);
  afterAll(() => engines.stop());

  const client = () =>
    new Kafka({ brokers: [engines.kafka?.broker ?? ''], logLevel: logLevel.NOTHING, retry: { retries: 8 } });

  async function rawMessages(topic: string, count: number) {
    const consumer = client().consumer({ groupId: `raw-${Math.random()}` });
    const seen: { key: string; value: string; headers: Record<string, string> }[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { key, value, headers = {} } }) => {
        const text = Object.entries(headers).map(([name, v]) => [name, String(v)]);
        seen.push({ key: String(key), value: String(value), headers: Object.fromEntries(text) });
      },
    });
    await eventually(() => expect(seen).toHaveLength(count));
    await consumer.disconnect();
    return seen;
  }

  test('events are CloudEvents 1.0 in binary mode, and the topic carries the prefix', async () => {
    const { bus, config } = await engines.world();
    await bus.publish([message('ris', 'm1', 'MSH|')]);
    const prefix = config.engine === 'kafka' ? config.prefix : '';
    const [raw] = await rawMessages(`${prefix}${TOPICS.hl7}`, 1);
    expect(raw).toEqual({
      key: 'ris',
      value: 'MSH|',
      headers: {
        ce_specversion: '1.0',
        ce_source: '/overread',
        ce_id: 'm1',
        ce_type: 'overread.message.received',
        ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        ce_feed: 'ris',
        ce_transport: 'mllp',
        'content-type': 'x-application/hl7-v2+er7',
      },
    });
  });

  test('what somebody else wrote to a topic ends as a dead letter with its bytes, whatever it is', async () => {
    const { bus, config } = await engines.world();
    const ids: string[] = [];
    await bus
      .consume({
        group: 'strict',
        topics: [TOPICS.hl7],
        handle: async (events) => void ids.push(...events.map((event) => event.id)),
      })
      .start();
    const producer = client().producer();
    await producer.connect();
    await producer.send({
      topic: `${config.engine === 'kafka' ? config.prefix : ''}${TOPICS.hl7}`,
      compression: CompressionTypes.GZIP,
      messages: [
        { key: null, value: 'no headers' },
        { key: 'a', value: null },
      ],
    });
    await producer.disconnect();
    await bus.publish([message('a', 'fine')]);
    await eventually(() => expect(ids).toEqual(['fine']));
    // A producer may write twice when a new topic has no leader yet, so the bytes count and not how often.
    await eventually(async () => {
      const found = new Set<string>();
      for await (const event of bus.scan(TOPICS.deadLetters)) {
        expect(event.attributes.code).toBe('OVR_EVENT_MALFORMED');
        found.add(event.data.toString());
      }
      expect(found).toEqual(new Set(['', 'no headers']));
    });
  });

  test('topics are made with their limits: size, gzip, and a short life where they are private', async () => {
    await engines.world({ prefix: 'limits.', retentionDays: 3, partitions: 2 });
    const admin = client().admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [`limits.${TOPICS.pairs}`] });
    expect(topics[0]?.partitions).toHaveLength(2);
    const settings = async (topic: string) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: `limits.${topic}` }],
      });
      return Object.fromEntries(
        (resources[0]?.configEntries ?? []).map((c) => [c.configName, c.configValue]),
      );
    };
    expect(await settings(TOPICS.hl7)).toMatchObject({
      'retention.ms': String(3 * 86_400_000),
      'segment.ms': '86400000',
      'max.message.bytes': '12000000',
      'compression.type': 'gzip',
    });
    expect(await settings(TOPICS.alerts)).toMatchObject({ 'retention.ms': String(30 * 86_400_000) });
    expect(Number((await settings(TOPICS.deadLetters))['max.message.bytes'])).toBeGreaterThan(12_000_000);
    await admin.disconnect();
  });

  test('an event above the limit is refused with a code, published or appended', async () => {
    const { bus, database } = await engines.world({ maxMessageBytes: 1_000_000 });
    const event = message('a', 'huge', Buffer.alloc(1_000_000));
    await expect(bus.publish([event])).rejects.toMatchObject({ code: 'OVR_EVENT_TOO_LARGE', retry: false });
    await expect(database.tx((tx) => bus.append(tx, [event]))).rejects.toMatchObject({
      code: 'OVR_EVENT_TOO_LARGE',
    });
  });

  test('an event that a topic with a lower limit refuses does not hold up the relay', async () => {
    const prefix = 'low.';
    const admin = client().admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic: `${prefix}${TOPICS.hl7}`,
          numPartitions: 1,
          configEntries: [{ name: 'max.message.bytes', value: '100000' }],
        },
      ],
    });
    await eventually(async () => expect(await admin.listTopics()).toContain(`${prefix}${TOPICS.hl7}`));
    await admin.disconnect();
    const { bus, database } = await engines.world({ prefix });
    await database.tx((tx) =>
      bus.append(tx, [message('a', 'm1'), message('a', 'big', randomBytes(300_000)), message('a', 'm2')]),
    );
    const ids = await eventually(async () => {
      const seen: string[] = [];
      for await (const event of bus.scan(TOPICS.hl7)) seen.push(event.id);
      expect(seen).toContain('m2');
      return new Set(seen);
    });
    expect(ids).toEqual(new Set(['m1', 'm2']));
    const dead: IncomingEvent[] = [];
    for await (const event of bus.scan(TOPICS.deadLetters)) dead.push(event);
    expect(
      dead.map((event) => [event.attributes.code, event.attributes.originalid, event.data.length]),
    ).toEqual([['OVR_EVENT_TOO_LARGE', 'big', 300_000]]);
  });

  test('a relayed event leaves only its id behind in the outbox, and its backlog falls to nothing', async () => {
    const { bus, database, metrics } = await engines.world();
    await database.tx((tx) => bus.append(tx, [message('a', 'm1'), message('b', 'm2')]));
    await eventually(async () => {
      const { rows } = await database.query('select id, data from event order by id');
      expect(rows).toEqual([
        { id: 'm1', data: null },
        { id: 'm2', data: null },
      ]);
    });
    expect((await metrics.page()).body).toContain('overread_bus_relay_backlog_events 0');
  });

  test('a process without a database publishes and consumes, but cannot append', async () => {
    const world = await engines.world();
    const bus = createBus({
      config: world.config,
      database: null,
      metrics: createMetrics(),
      logger,
      clock: systemClock,
    });
    await bus.start();
    const ids: string[] = [];
    const consumer = bus.consume({
      group: 'scoring',
      topics: [TOPICS.hl7],
      handle: async (events) => void ids.push(...events.map((event) => event.id)),
    });
    await consumer.start();
    await bus.publish([message('a', 'm1')]);
    await eventually(() => expect(ids).toEqual(['m1']));
    await expect(world.database.tx((tx) => bus.append(tx, [message('a', 'm2')]))).rejects.toMatchObject({
      code: 'OVR_DATABASE_UNAVAILABLE',
    });
    await bus.stop();
  });

  test('a bus whose brokers are down starts, is not ready, keeps what is appended and stops', async () => {
    const { database } = await engines.world();
    const bus = createBus({
      config: BusConfig.parse({
        engine: 'kafka',
        brokers: [`127.0.0.1:${await freePort()}`],
        prefix: 'down.',
      }),
      database,
      metrics: createMetrics(),
      logger,
      clock: systemClock,
    });
    await bus.start();
    const consumer = bus.consume({ group: 'waiting', topics: [TOPICS.hl7], handle: async () => {} });
    await consumer.start();
    expect(bus.health().ready).toBe(false);
    expect(consumer.health().ready).toBe(false);
    await expect(bus.publish([message('a', 'm0')])).rejects.toMatchObject({ code: 'OVR_BUS_UNAVAILABLE' });
    await consumer.stop();
    await bus.stop();
  }, 40_000);
});

test('only the warning that kafkajs provokes is muffled, once a process', () => {
  const emitter = new EventEmitter();
  const shown: string[] = [];
  emitter.on('warning', (warning: Error) => shown.push(warning.name));
  muffleTimeoutWarnings(emitter);
  muffleTimeoutWarnings(emitter);
  for (const name of ['TimeoutNegativeWarning', 'MaxListenersExceededWarning']) {
    emitter.emit('warning', Object.assign(new Error('x'), { name }));
  }
  expect(shown).toEqual(['MaxListenersExceededWarning']);
});

test('errors of the client become codes: too large is for good, everything else is waited out', () => {
  const tooLarge = Object.assign(new Error('x'), { name: 'KafkaJSProtocolError', type: 'MESSAGE_TOO_LARGE' });
  const wrapped = Object.assign(new Error('y'), { name: 'KafkaJSNonRetriableError', cause: tooLarge });
  expect(asOverread(wrapped)).toMatchObject({ code: 'OVR_EVENT_TOO_LARGE', detail: 'MESSAGE_TOO_LARGE' });
  const refused = Object.assign(new Error('z'), { name: 'KafkaJSConnectionError' });
  expect(asOverread(refused)).toMatchObject({
    code: 'OVR_BUS_UNAVAILABLE',
    detail: 'KafkaJSConnectionError',
  });
  expect(asOverread('odd')).toMatchObject({ code: 'OVR_BUS_UNAVAILABLE' });
});
