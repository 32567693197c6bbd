import { randomUUID } from 'node:crypto';
import type { Topic } from '../../../../contracts/index.js';
import type { Clock } from '../../clock.js';
import type { Database } from '../../database/types.js';
import { errorCode } from '../../error-code.js';
import type { Logger } from '../../logger.js';
import type { Bell } from '../bell.js';
import { createDelivery, type DeliveryDeps } from '../delivery.js';
import { type BusTuning, backoffMs } from '../tuning.js';
import type { Consumer } from '../types.js';
import { type Claim, claim, move, registerGroup, renew } from './cursor.js';
import { handlePage, type StorePosition } from './page.js';

export type SqlConsumerDeps = Omit<DeliveryDeps, 'stopping'> & {
  readonly database: Database;
  readonly topics: readonly Topic[];
  readonly batchSize: number;
  /** Rung by appends of this process and by pages that end. */
  readonly bell: Bell;
  readonly pollMs: number;
  readonly store: StorePosition;
  readonly clock: Clock;
  readonly tuning: BusTuning;
  readonly logger: Logger;
};

/**
 * Takes partitions that have something to read, one page each, and gives them back: members of a group in several
 * processes share the work without knowing of each other, and what a dead one held is free when its lease runs out.
 */
export function createSqlConsumer(deps: SqlConsumerDeps): Consumer {
  const { group, topics, database, bell, clock, tuning, logger } = deps;
  const stopping = new AbortController();
  const delivery = createDelivery({ ...deps, stopping: stopping.signal });
  const pages = new Map<Promise<void>, string>();
  let loop: Promise<void> | undefined;
  let trouble: string | null = 'not started';

  function open(place: Claim, owner: string): void {
    const reader = { group, owner };
    const page = handlePage({ ...deps, delivery, reader, stopping: stopping.signal }, place)
      .catch(async (error: unknown) => {
        logger.error({ group, topic: place.topic, err: error }, 'a page was given up');
        await move(database, reader, place, place.position, true);
      })
      // Not given back: the lease runs out.
      .catch(() => {})
      .finally(() => {
        pages.delete(page);
        bell.ring();
      });
    pages.set(page, owner);
  }

  async function take(): Promise<number> {
    const free = tuning.partitionsAtOnce - pages.size;
    if (free <= 0) return 0;
    const owner = randomUUID();
    const claims = await claim(database, { group, owner }, topics, free, tuning.leaseMs);
    for (const place of claims) open(place, owner);
    return claims.length;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        if (trouble !== null) await registerGroup(database, group, topics);
        const taken = await take();
        trouble = null;
        failures = 0;
        if (taken === 0) await bell.wait(deps.pollMs);
      } catch (error) {
        failures += 1;
        trouble = errorCode(error) || 'connection lost';
        if (failures === 1) logger.warn({ group, err: error }, 'the database does not answer');
        await clock.sleep(backoffMs(failures, tuning), stopping.signal);
      }
    }
    await Promise.all(pages.keys());
  }

  return {
    async start() {
      const heartbeat = setInterval(() => {
        if (pages.size > 0) renew(database, group, [...pages.values()], tuning.leaseMs).catch(() => {});
      }, tuning.leaseMs / 3);
      loop = run().finally(() => clearInterval(heartbeat));
    },
    async stop() {
      stopping.abort();
      bell.ring();
      await loop;
      trouble = 'stopped';
    },
    health() {
      const detail = trouble ?? delivery.outage();
      return { ready: detail === null, detail: detail ?? '' };
    },
  };
}
