import { EVENTS, TOPICS, type Topic } from '../../../../contracts/index.js';
import type { Clock } from '../../clock.js';
import type { Database, Tx } from '../../database/types.js';
import { type Bell, createBell } from '../bell.js';
import { sealed } from '../letter.js';
import type { BusTuning } from '../tuning.js';
import type { OutgoingEvent } from '../types.js';
import { appendEvents, createHeads } from './append.js';
import { releaseAll } from './cursor.js';
import { purge } from './purge.js';

export type OutboxDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly tuning: BusTuning;
  readonly retentionDays: number;
  /** Whether Kafka carries the events and this table is only where they wait. */
  readonly relay: boolean;
};

/** The event table as both engines use it: written in transactions, waking its readers, purged by age. */
export type Outbox = {
  start(): Promise<void>;
  stop(): Promise<void>;
  append(tx: Tx, events: readonly OutgoingEvent[]): Promise<void>;
  /** A bell that rings when a transaction of this process has added to one of the topics. */
  bellFor(topics: readonly Topic[]): Bell;
  forget(bell: Bell): void;
  /** Removes everything that may go; returns how much. Runs by itself every minute. */
  purge(): Promise<number>;
};

const DAY_MS = 86_400_000;

export function createOutbox({ database, clock, tuning, retentionDays, relay }: OutboxDeps): Outbox {
  const bells = new Map<Bell, readonly Topic[]>();
  let timer: NodeJS.Timeout | undefined;
  let purging: Promise<unknown> = Promise.resolve();

  function ring(topics: ReadonlySet<Topic>): void {
    for (const [bell, heard] of bells) if (heard.some((topic) => topics.has(topic))) bell.ring();
  }

  async function purgeAll(): Promise<number> {
    const before = new Date(clock.now().getTime() - retentionDays * DAY_MS);
    let total = 0;
    for (let removed = tuning.purgeBatch; removed === tuning.purgeBatch; total += removed) {
      removed = await purge(database, { before, relay, limit: tuning.purgeBatch });
    }
    return total;
  }

  return {
    async start() {
      await createHeads(database, Object.values(TOPICS));
      if (database.engine === 'pglite') await releaseAll(database);
      // The next round does what this one could not: a failure is no reason to tell anybody.
      timer = setInterval(() => {
        purging = purging.then(purgeAll).catch(() => 0);
      }, tuning.purgeEveryMs);
    },
    async stop() {
      clearInterval(timer);
      await purging;
    },
    async append(tx, events) {
      await appendEvents(tx, events.map(sealed), clock.now());
      tx.afterCommit(() => ring(new Set(events.map((event) => EVENTS[event.type].topic))));
    },
    bellFor(topics) {
      const bell = createBell(clock);
      bells.set(bell, topics);
      return bell;
    },
    forget: (bell) => void bells.delete(bell),
    purge: purgeAll,
  };
}
