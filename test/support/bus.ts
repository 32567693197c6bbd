import { join } from 'node:path';
import { BusConfig } from '../../contracts/index.js';
import {
  type BusTuning,
  createBus,
  createDatabase,
  createLogger,
  createMetrics,
  type Database,
  type EventBus,
  type Metrics,
  migrate,
  type OutgoingEvent,
  packageRoot,
  systemClock,
} from '../../services/platform/index.js';
import { type KafkaServer, kafkaMissing, startKafka } from './kafka.js';
import { type PostgresServer, postgresMissing, startPostgres } from './postgres.js';
import { temporaryFolder } from './temporary.js';

export type Combination = 'sql on pglite' | 'sql on postgres' | 'kafka on postgres';

/** The combinations that can run on this machine; the reason of each that cannot is printed. */
export function combinations(): Combination[] {
  const postgres = postgresMissing();
  const kafka = postgres ?? kafkaMissing();
  if (postgres !== null) console.warn(`skipped, sql on postgres: ${postgres}`);
  if (kafka !== null) console.warn(`skipped, kafka on postgres: ${kafka}`);
  return [
    'sql on pglite',
    ...(postgres === null ? (['sql on postgres'] as const) : []),
    ...(kafka === null ? (['kafka on postgres'] as const) : []),
  ];
}

/** Everything quick: a test must not wait for what a hospital can. */
const QUICK: Partial<BusTuning> = {
  firstBackoffMs: 5,
  maxBackoffMs: 300,
  leaseMs: 1_000,
  lagEveryMs: 0,
  sessionTimeoutMs: 6_000,
  heartbeatMs: 500,
};

export type Member = { readonly bus: EventBus; readonly database: Database; readonly metrics: Metrics };

export type World = Member & {
  readonly config: BusConfig;
  /** Address of the database, or '' for the embedded one. */
  readonly databaseUrl: string;
  /** One more process of the same installation: a bus and connections of its own. */
  join(): Promise<Member>;
};

export type Engines = {
  readonly postgres: PostgresServer | undefined;
  readonly kafka: KafkaServer | undefined;
  /** An empty installation; its parts are stopped by `leave`. */
  world(bus?: Partial<Record<string, unknown>>): Promise<World>;
  /** Stops what the worlds of this test started. */
  leave(): Promise<void>;
  stop(): Promise<void>;
};

const logger = createLogger({ level: 'error' }, { write: () => {} });

/** Starts the servers of a combination; each world gets a database and a topic prefix of its own. */
export async function startEngines(combination: Combination): Promise<Engines> {
  const kafka = combination === 'kafka on postgres' ? await startKafka() : undefined;
  const postgres = combination === 'sql on pglite' ? undefined : await startPostgres();
  const embedded =
    postgres === undefined
      ? await createDatabase({
          config: { engine: 'pglite' },
          dataDir: await temporaryFolder(),
          password: undefined,
          logger,
        })
      : undefined;
  const ends: (() => Promise<void>)[] = [];
  let worlds = 0;

  async function connect(url: string): Promise<Database> {
    if (embedded !== undefined) return embedded;
    const config = { engine: 'postgres', url, poolSize: 8 } as const;
    const database = await createDatabase({ config, dataDir: '', password: undefined, logger });
    ends.push(() => database.close());
    return database;
  }

  async function member(config: BusConfig, database: Database): Promise<Member> {
    const metrics = createMetrics();
    const bus = createBus({ config, database, metrics, logger, clock: systemClock, tuning: QUICK });
    ends.push(() => bus.stop());
    await bus.start();
    return { bus, database, metrics };
  }

  return {
    postgres,
    kafka,
    async world(overrides = {}) {
      worlds += 1;
      const config = BusConfig.parse(
        kafka === undefined
          ? { engine: 'sql', pollMs: 20, ...overrides }
          : { engine: 'kafka', brokers: [kafka.broker], prefix: `w${worlds}.`, partitions: 3, ...overrides },
      );
      const databaseUrl = (await postgres?.createDatabase()) ?? '';
      const database = await connect(databaseUrl);
      await migrate(database, join(packageRoot(), 'services/ledger/migrations'));
      if (embedded !== undefined) await database.exec('truncate event, event_head, event_cursor');
      const first = await member(config, database);
      return {
        ...first,
        config,
        databaseUrl,
        join: async () => member(config, await connect(databaseUrl)),
      };
    },
    async leave() {
      for (const end of ends.splice(0).toReversed()) await end();
    },
    async stop() {
      await embedded?.close();
      await postgres?.stop();
      await kafka?.stop();
    },
  };
}

/** A raw message as the gateway would publish it. */
export function message(key: string, id: string, data: string | Buffer = id): OutgoingEvent {
  return {
    type: 'overread.message.received',
    key,
    id,
    data: Buffer.from(data),
    contentType: 'x-application/hl7-v2+er7',
    attributes: { feed: key, transport: 'mllp' },
  };
}
