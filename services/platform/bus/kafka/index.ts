import type { Topic } from '../../../../contracts/index.js';
import { OverreadError } from '../../../../contracts/index.js';
import type { Database } from '../../database/types.js';
import type { BusContext } from '../context.js';
import { showBacklog, showLag } from '../instruments.js';
import { type SealedEvent, sealed } from '../letter.js';
import { createOutbox } from '../sql/outbox.js';
import type { Consumer, EventBus } from '../types.js';
import { createClient, muffleTimeoutWarnings } from './client.js';
import { createConnection } from './connection.js';
import { createKafkaConsumer } from './consumer.js';
import { asOverread } from './failure.js';
import { fetchLags } from './lag.js';
import { backlogOf, createRelay } from './relay.js';
import { scanTopic } from './scan.js';
import { checkSize, createSender } from './sender.js';
import type { KafkaConfig } from './topics.js';

type KafkaBusDeps = BusContext & {
  readonly config: KafkaConfig;
  /** Null in a process that only publishes and consumes, as scoring does. */
  readonly database: Database | null;
};

/** The bus on Apache Kafka, with the event table as outbox: several machines. */
export function createKafkaBus(deps: KafkaBusDeps): EventBus {
  const { config, database, metrics, clock, tuning, logger } = deps;
  const kafka = createClient(config.brokers, logger);
  const admin = kafka.admin();
  const sender = createSender(kafka, config);
  const connection = createConnection(admin, sender, { config, clock, logger });
  const outbox =
    database === null
      ? null
      : createOutbox({ database, clock, tuning, retentionDays: config.retentionDays, relay: true });
  const consumers = new Set<Consumer>();
  const groups = new Map<string, readonly Topic[]>();
  let asked: { readonly at: number; readonly lags: Awaited<ReturnType<EventBus['lag']>> } = {
    at: 0,
    lags: [],
  };

  const publish = async (events: readonly SealedEvent[]) => {
    const trouble = connection.trouble();
    if (trouble !== null) throw new OverreadError('OVR_BUS_UNAVAILABLE', trouble);
    const time = clock.now();
    await sender.send(events.map((event) => ({ event, time })));
  };
  const relay =
    database === null || outbox === null ? null : createRelay({ ...deps, database, outbox, sender, publish });

  const lag = async () => {
    try {
      return await fetchLags(admin, config, groups);
    } catch (error) {
      throw asOverread(error);
    }
  };
  // A scrape does not ask the brokers each time.
  const recentLag = async () => {
    const now = clock.now().getTime();
    if (now - asked.at >= tuning.lagEveryMs && connection.trouble() === null) {
      asked = { at: now, lags: await lag() };
    }
    return asked.lags;
  };
  showLag(metrics, recentLag);
  if (database !== null) showBacklog(metrics, () => backlogOf(database));

  return {
    engine: 'kafka',
    async start() {
      muffleTimeoutWarnings();
      await outbox?.start();
      await connection.start();
      await relay?.start();
    },
    async stop() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await relay?.stop();
      await outbox?.stop();
      await connection.stop();
    },
    health() {
      const trouble = connection.trouble();
      if (trouble !== null) return { ready: false, detail: trouble };
      const parts = [...consumers, ...(relay === null ? [] : [relay])];
      return (
        parts.map((part) => part.health()).find((health) => !health.ready) ?? { ready: true, detail: '' }
      );
    },
    publish: async (events) => publish(events.map(sealed)),
    async append(tx, events) {
      if (outbox === null) throw new OverreadError('OVR_DATABASE_UNAVAILABLE', 'this role has no database');
      const time = clock.now();
      for (const event of events) checkSize(config, sealed(event), time);
      await outbox.append(tx, events);
    },
    consume({ group, topics, handle, batchSize = 1 }) {
      groups.set(group, [...new Set([...(groups.get(group) ?? []), ...topics])]);
      const consumer = createKafkaConsumer({
        ...deps,
        kafka,
        group,
        topics,
        handle,
        batchSize,
        publish,
        topicsExist: connection.ready,
      });
      return {
        ...consumer,
        async start() {
          consumers.add(consumer);
          await consumer.start();
        },
        async stop() {
          await consumer.stop();
          consumers.delete(consumer);
        },
      };
    },
    scan: (topic, options = {}) => scanTopic({ kafka, admin, config, clock }, topic, options.since),
    lag,
  };
}
