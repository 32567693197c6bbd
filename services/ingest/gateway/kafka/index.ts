import { type Consumer, type EachBatchPayload, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { type KafkaReaderConfig, MEDIA_TYPES, OverreadError } from '../../../../contracts/index.js';
import { type Clock, errorCode, type Health } from '../../../platform/index.js';
import type { Wire } from '../../feeds.js';
import type { Report } from '../report.js';
import { splitMessages } from '../split.js';
import type { Accept } from '../types.js';

export type KafkaReaderDeps = {
  readonly config: KafkaReaderConfig;
  readonly accept: Accept;
  readonly clock: Clock;
  readonly report: Report;
};

const SESSION_TIMEOUT_MS = 30_000;
const HEARTBEAT_MS = 3_000;
const REBALANCE_TIMEOUT_MS = 60_000;
/** Bounds how long a disconnect waits for the open fetch (tulios/kafkajs#1606). */
const MAX_WAIT_MS = 500;
const DISCONNECT_MS = 5_000;
const FIRST_JOIN_MS = 10_000;
const RESTART_MS = { first: 200, most: 30_000 };
const STORE_RETRY_MS = { first: 100, most: 5_000 };
/** Messages stored together before their offset is committed: Kafka 4 makes a commit of each one slow (measured). */
const GROUP = 50;

/**
 * Reads a topic on which an integration engine publishes raw HL7, one message a record. An offset is committed only
 * after the spool holds every message before it; while the store fails the reader waits. What has no MSH becomes a
 * dead letter, a forbidden type is logged, and both are passed.
 */
export function createKafkaReader({ config, accept, clock, report }: KafkaReaderDeps) {
  const wire: Wire = { listener: config.name, transport: 'kafka', tlsSubject: '' };
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  let joined = false;
  let fails = 0;

  const store = async (raw: Buffer): Promise<void> => {
    try {
      await accept({ raw, contentType: MEDIA_TYPES.hl7, wire });
    } catch (error) {
      if (!(error instanceof OverreadError) || error.retry) throw error;
      report('warn', 'a record of the topic was refused', { listener: config.name, code: error.code });
    }
  };

  const messagesOf = ({ value }: KafkaMessage): readonly Buffer[] => {
    if (value === null || value.length === 0) return [];
    const { messages } = splitMessages(value);
    return messages.length === 0 ? [value] : messages;
  };

  /** Until the whole group is durable; what is stored already is recognised when it is tried again. */
  const storeGroup = async (group: readonly KafkaMessage[], given: () => boolean): Promise<boolean> => {
    for (let wait = STORE_RETRY_MS.first; given(); wait = Math.min(wait * 2, STORE_RETRY_MS.most)) {
      const outcomes = await Promise.allSettled(group.flatMap(messagesOf).map(store));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed === undefined) return true;
      report('warn', 'records of the topic cannot be stored; they are tried again', {
        listener: config.name,
        code: errorCode(failed.reason),
      });
      await clock.sleep(wait, stopping.signal);
    }
    return false;
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { topic, partition, messages } = payload.batch;
    let lost: unknown;
    const heartbeat = setInterval(() => {
      payload.heartbeat().catch((error: unknown) => {
        lost = error;
      });
    }, HEARTBEAT_MS);
    const given = () =>
      !stopping.signal.aborted && lost === undefined && payload.isRunning() && !payload.isStale();
    try {
      for (let at = 0; at < messages.length && given(); at += GROUP) {
        const group = messages.slice(at, at + GROUP);
        const last = group.at(-1);
        if (last === undefined || !(await storeGroup(group, given))) break;
        const offset = String(BigInt(last.offset) + 1n);
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
        payload.resolveOffset(last.offset);
        await payload.heartbeat();
      }
      if (lost !== undefined) throw lost;
    } finally {
      clearInterval(heartbeat);
    }
  };

  /** One consumer from its start to its crash or our stop. It is never used again: kafkajs does not recover all. */
  const consume = async (consumer: Consumer): Promise<void> => {
    const crashed = new Promise<void>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        report('warn', 'the reader of a topic crashed', {
          listener: config.name,
          code: 'OVR_KAFKA_READER_FAILED',
          cause: payload.error.name,
        });
        resolve();
      });
    });
    const stopped = new Promise<void>((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    // A disconnect before the first join is through hangs or leaves it consuming (tulios/kafkajs#967, #1639).
    const firstJoin = new Promise<void>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, () => {
        joined = true;
        fails = 0;
        resolve();
      });
    });
    await consumer.connect();
    await consumer.subscribe({ topic: config.topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    const joinedAndStopped = stopped.then(() => Promise.race([firstJoin, clock.sleep(FIRST_JOIN_MS)]));
    await Promise.race([crashed, joinedAndStopped]);
  };

  const disconnect = async (consumer: Consumer) => {
    const enough = new AbortController();
    const gone = consumer.disconnect().catch(() => {});
    await Promise.race([gone, clock.sleep(DISCONNECT_MS, enough.signal)]);
    enough.abort();
  };

  const supervise = async () => {
    while (!stopping.signal.aborted) {
      const consumer = new Kafka({
        clientId: 'overread-gateway',
        brokers: config.brokers,
        logLevel: logLevel.NOTHING,
      }).consumer({
        groupId: config.group,
        sessionTimeout: SESSION_TIMEOUT_MS,
        heartbeatInterval: HEARTBEAT_MS,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        maxWaitTimeInMs: MAX_WAIT_MS,
        retry: { retries: 5, restartOnFailure: async () => false },
      });
      try {
        await consume(consumer);
      } catch (error) {
        report('warn', 'the reader of a topic does not start', {
          listener: config.name,
          code: 'OVR_KAFKA_READER_FAILED',
          cause: errorCode(error),
        });
      }
      joined = false;
      await disconnect(consumer);
      if (stopping.signal.aborted) return;
      fails += 1;
      await clock.sleep(Math.min(RESTART_MS.most, RESTART_MS.first * 2 ** fails), stopping.signal);
    }
  };

  return {
    start() {
      loop = supervise();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
    health: (): Health => ({ ready: joined, detail: joined ? '' : `${config.name} has not joined` }),
  };
}
