import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaReaderConfig, OverreadError } from '../../../contracts/index.js';
import { createKafkaReader } from '../../../services/ingest/gateway/kafka/index.js';
import type { Accept } from '../../../services/ingest/gateway/types.js';
import { systemClock } from '../../../services/platform/index.js';
import { eventually } from '../../support/eventually.js';
import { startEngine } from './support/engine.js';
import { hl7 } from './support/messages.js';
import { kcatMissing, startMockBroker } from './support/mock-broker.js';

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
const missing = kcatMissing();
if (missing !== null) console.warn(`skipped: ${missing}`);
const describeWithBroker = missing === null ? describe : describe.skip;

describeWithBroker('the reader of a Kafka topic', () => {
  let broker: { brokers: string[]; stop(): void };
  let kafka: Kafka;
  const readers: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    broker = await startMockBroker();
    kafka = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING });
  });
  afterAll(async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
    broker.stop();
  });

  const publish = async (topic: string, values: readonly (Buffer | null)[]) => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: values.map((value) => ({ key: 'engine', value })) });
    await producer.disconnect();
  };

  const read = (topic: string, accept: Accept) => {
    const config = KafkaReaderConfig.parse({ name: 'engine', brokers: broker.brokers, topic, group: topic });
    const reader = createKafkaReader({ config, accept, clock: systemClock, report: () => {} });
    readers.push(reader);
    reader.start();
    return reader;
  };

  const committed = async (topic: string): Promise<number> => {
    const admin = kafka.admin();
    await admin.connect();
    const [offsets] = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
    await admin.disconnect();
    return (offsets?.partitions ?? []).reduce((sum, p) => sum + Math.max(0, Number(p.offset)), 0);
  };

  test('takes what was there before it, passes what is no message, and commits behind the store', async () => {
    const gateway = await startEngine();
    const ids = Array.from({ length: 120 }, (_, i) => `K${i}`);
    await publish('engine-out', [...ids.map((id) => hl7(id)), Buffer.from('no header'), null, hl7('last')]);
    const reader = read('engine-out', gateway.engine.accept);
    await eventually(() => expect(gateway.messages()).toHaveLength(121), 25_000);
    expect(gateway.messages()[0]?.attributes).toMatchObject({ transport: 'kafka', listener: 'engine' });
    expect(gateway.messages().map((event) => /ACC-(\w+)/.exec(event.data.toString())?.[1])).toEqual([
      ...ids,
      'last',
    ]);
    expect(gateway.deadLetters()[0]?.data.toString()).toBe('no header');
    await eventually(async () => expect(await committed('engine-out')).toBe(123));
    expect(reader.health().ready).toBe(true);
    await reader.stop();
  }, 40_000);

  test('commits nothing while the store fails, and loses nothing', async () => {
    const gateway = await startEngine();
    let full = true;
    const accept: Accept = (submission) =>
      full ? Promise.reject(new OverreadError('OVR_SPOOL_FULL')) : gateway.engine.accept(submission);
    await publish('engine-full', [hl7('1'), hl7('2')]);
    let tried = 0;
    const reader = read('engine-full', (submission) => {
      tried += 1;
      return accept(submission);
    });
    await eventually(() => expect(tried).toBeGreaterThan(3), 25_000);
    expect(await committed('engine-full')).toBe(0);
    full = false;
    await eventually(async () => expect(await committed('engine-full')).toBe(2));
    expect(gateway.messages()).toHaveLength(2);
    await reader.stop();
  }, 40_000);

  test('that finds no broker is not ready, and stops when asked to', async () => {
    const config = KafkaReaderConfig.parse({ name: 'engine', brokers: ['127.0.0.1:1'], topic: 't' });
    const accept: Accept = () => Promise.reject(new Error('not called'));
    const codes: unknown[] = [];
    const reader = createKafkaReader({
      config,
      accept,
      clock: systemClock,
      report: (_level, _message, fields) => codes.push(fields.code),
    });
    reader.start();
    await eventually(() => expect(codes).toContain('OVR_KAFKA_READER_FAILED'), 25_000);
    expect(reader.health()).toEqual({ ready: false, detail: 'engine has not joined' });
    await reader.stop();
  }, 40_000);
});
