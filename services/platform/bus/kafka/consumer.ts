import type { Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import { TOPICS, type Topic } from '../../../../contracts/index.js';
import { createDelivery, type DeliveryDeps } from '../delivery.js';
import { backoffMs } from '../tuning.js';
import type { Consumer } from '../types.js';
import { handleBatch } from './batch.js';
import { asOverread } from './failure.js';
import { type KafkaConfig, physicalName } from './topics.js';

export type KafkaConsumerDeps = Omit<DeliveryDeps, 'stopping'> & {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly topics: readonly Topic[];
  readonly batchSize: number;
  /** Resolves when the topics exist: subscribing to one that does not would crash at once. */
  readonly topicsExist: () => Promise<void>;
};

const DISCONNECT_LIMIT_MS = 5_000;
const MAX_RESTART_MS = 30_000;
const FIRST_RESTART_MS = 200;

/** Resolves with the reason when kafkajs gives a consumer up; some crashes it would never restart (tulios/kafkajs#1011). */
function crashOf(consumer: KafkaConsumer): Promise<{ readonly error: unknown }> {
  return new Promise((resolve) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => resolve({ error: payload.error }));
  });
}

/**
 * A member of a Kafka group under our own supervision: after a crash a new one is built, with growing waits, and the
 * process is not ready until it has joined.
 */
export function createKafkaConsumer(deps: KafkaConsumerDeps): Consumer {
  const { kafka, config, group, topics, clock, tuning, logger } = deps;
  const stopping = new AbortController();
  const stopRequested = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const delivery = createDelivery({ ...deps, stopping: stopping.signal });
  const topicOf = new Map<string, Topic>(
    Object.values(TOPICS).map((topic) => [physicalName(config, topic), topic]),
  );
  let supervision: Promise<void> | undefined;
  let trouble: string | null = 'not started';
  let crashes = 0;

  function build(): KafkaConsumer {
    const consumer = kafka.consumer({
      groupId: `${config.prefix}${group}`,
      sessionTimeout: tuning.sessionTimeoutMs,
      heartbeatInterval: tuning.heartbeatMs,
      rebalanceTimeout: Math.max(60_000, tuning.sessionTimeoutMs),
      // A stop waits for the open fetch (tulios/kafkajs#1606).
      maxWaitTimeInMs: 500,
      // A message above the limit of one partition still comes, alone, as long as the whole fetch has room for it.
      maxBytes: Math.max(10_485_760, config.maxMessageBytes + 1_048_576),
      maxBytesPerPartition: 1_048_576,
      allowAutoTopicCreation: false,
      retry: { retries: 5, restartOnFailure: async () => false },
    });
    consumer.on(consumer.events.GROUP_JOIN, () => {
      crashes = 0;
      trouble = null;
    });
    return consumer;
  }

  async function consume(consumer: KafkaConsumer): Promise<void> {
    const crash = crashOf(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map((t) => physicalName(config, t)), fromBeginning: true });
    // Resolves after the first join or crash; disconnecting before would hang (tulios/kafkajs#1639).
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: tuning.partitionsAtOnce,
      eachBatch: (payload) =>
        handleBatch(
          {
            ...deps,
            delivery,
            stopping: stopping.signal,
            topicOf: (name) => {
              const topic = topicOf.get(name);
              if (topic === undefined) throw new Error('a topic nobody subscribed to');
              return topic;
            },
          },
          payload,
        ),
    });
    const crashed = await Promise.race([crash, stopRequested]);
    if (crashed !== undefined) throw crashed.error;
    await consumer.stop();
  }

  async function supervise(): Promise<void> {
    await Promise.race([deps.topicsExist(), stopRequested]);
    while (!stopping.signal.aborted) {
      const consumer = build();
      try {
        await consume(consumer);
      } catch (error) {
        crashes += 1;
        trouble = asOverread(error).detail || 'crashed';
        logger.warn({ group, reason: trouble, crashes, err: error }, 'a consumer crashed and is built anew');
      }
      const limit = new AbortController();
      await Promise.race([
        consumer.disconnect().catch(() => {}),
        clock.sleep(DISCONNECT_LIMIT_MS, limit.signal),
      ]);
      limit.abort();
      const wait = { firstBackoffMs: FIRST_RESTART_MS, maxBackoffMs: MAX_RESTART_MS };
      if (crashes > 0) await clock.sleep(backoffMs(crashes, wait), stopping.signal);
    }
  }

  return {
    async start() {
      trouble = 'joining the group';
      supervision = supervise();
    },
    async stop() {
      stopping.abort();
      await supervision;
      trouble = 'stopped';
    },
    health() {
      const detail = trouble ?? delivery.outage();
      return { ready: detail === null, detail: detail ?? '' };
    },
  };
}
