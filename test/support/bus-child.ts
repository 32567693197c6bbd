import { TOPICS } from '../../contracts/index.js';
import {
  createBus,
  createDatabase,
  createLogger,
  createMetrics,
  systemClock,
} from '../../services/platform/index.js';

/**
 * A consumer in a process of its own, to be killed: handles events of the hl7 topic, prints each id, and never
 * returns from the one whose id is `hang`. Arguments: bus configuration, database address, group.
 */
const [configText = '', url = '', group = ''] = process.argv.slice(2);
const logger = createLogger({ level: 'error' });
const database = await createDatabase({
  config: { engine: 'postgres', url, poolSize: 4 },
  dataDir: '',
  password: undefined,
  logger,
});
const bus = createBus({
  config: JSON.parse(configText),
  database,
  metrics: createMetrics(),
  logger,
  clock: systemClock,
  tuning: { leaseMs: 1_500, sessionTimeoutMs: 6_000, heartbeatMs: 500, storeEveryEvents: 1 },
});
await bus.start();
await bus
  .consume({
    group,
    topics: [TOPICS.hl7],
    async handle(events) {
      for (const { id } of events) {
        process.stdout.write(`${id}\n`);
        if (id === 'hang') await new Promise(() => {});
      }
    },
  })
  .start();
