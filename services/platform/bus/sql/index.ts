import type { BusConfig } from '../../../../contracts/index.js';
import type { Database } from '../../database/types.js';
import type { BusContext } from '../context.js';
import { showLag } from '../instruments.js';
import { type SealedEvent, sealed } from '../letter.js';
import type { Consumer, EventBus } from '../types.js';
import { createSqlConsumer } from './consumer.js';
import { lags } from './cursor.js';
import { createOutbox } from './outbox.js';
import { storeInCursor } from './page.js';
import { scanTopic } from './scan.js';

type SqlBusDeps = BusContext & {
  readonly config: Extract<BusConfig, { engine: 'sql' }>;
  readonly database: Database;
};

/** A start frees what a dead process held, so a long statement that stops the loop must not cost a lease. */
const EMBEDDED_LEASE_MS = 86_400_000;

/** The bus as tables of the database: one box, no broker. */
export function createSqlBus(deps: SqlBusDeps): EventBus {
  const { config, database, metrics, clock } = deps;
  const tuning = database.engine === 'pglite' ? { ...deps.tuning, leaseMs: EMBEDDED_LEASE_MS } : deps.tuning;
  const outbox = createOutbox({
    database,
    clock,
    tuning,
    retentionDays: config.retentionDays,
    relay: false,
  });
  const consumers = new Set<Consumer>();
  let started = false;

  const publish = (events: readonly SealedEvent[]) => database.tx((tx) => outbox.append(tx, events));
  const lag = () => lags(database, false);
  showLag(metrics, lag);

  return {
    engine: 'sql',
    async start() {
      await outbox.start();
      started = true;
    },
    async stop() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await outbox.stop();
      started = false;
    },
    health() {
      const ill = [...consumers].map((consumer) => consumer.health()).find((health) => !health.ready);
      return started ? (ill ?? { ready: true, detail: '' }) : { ready: false, detail: 'not started' };
    },
    publish: async (events) => publish(events.map(sealed)),
    append: outbox.append,
    consume({ group, topics, handle, batchSize = 1 }) {
      const bell = outbox.bellFor(topics);
      const store = storeInCursor(database);
      const consumer = createSqlConsumer({
        ...deps,
        tuning,
        group,
        topics,
        handle,
        batchSize,
        publish,
        bell,
        store,
        pollMs: config.pollMs,
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
          outbox.forget(bell);
        },
      };
    },
    scan: (topic, options = {}) => scanTopic(database, topic, options.since, tuning),
    lag,
  };
}
