import { TOPICS, type Topic } from '../../../../contracts/index.js';
import type { Database } from '../../database/types.js';
import type { BusContext } from '../context.js';
import type { SealedEvent } from '../letter.js';
import { createSqlConsumer } from '../sql/consumer.js';
import { lags, move } from '../sql/cursor.js';
import type { Outbox } from '../sql/outbox.js';
import type { StorePosition } from '../sql/page.js';
import { RELAY_GROUP } from '../sql/partition.js';
import type { Consumer } from '../types.js';
import type { Sender } from './sender.js';

/**
 * Stores the position and empties the events behind it in one transaction: their bytes lie on Kafka from now on,
 * under its retention and its access, and only the ids stay here.
 */
function storeAndEmpty(database: Database): StorePosition {
  return (reader, place, { from, to, release }) =>
    database.tx(async (tx) => {
      if (!(await move(tx, reader, place, to, release))) return false;
      await tx.query(
        `update event set data = null
         where topic = $1 and partition = $2 and position > $3 and position <= $4`,
        [place.topic, place.partition, from, to],
      );
      return true;
    });
}

export type RelayDeps = BusContext & {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly publish: (events: readonly SealedEvent[]) => Promise<void>;
};

/**
 * Carries the outbox to Kafka in commit order. It is a consumer of the event table whose handler sends: the lease on
 * a partition is the lock that leaves each partition to one relay at a time, and every process with a database may
 * run one, so a committed event leaves at once whichever process wrote it.
 */
export function createRelay(deps: RelayDeps): Consumer {
  const topics: Topic[] = Object.values(TOPICS);
  return createSqlConsumer({
    ...deps,
    group: RELAY_GROUP,
    topics,
    batchSize: deps.tuning.pageEvents,
    // The whole page goes in a few requests, so positions are stored once a page.
    tuning: { ...deps.tuning, storeEveryEvents: deps.tuning.pageEvents },
    handle: (events) => deps.sender.send(events.map((event) => ({ event, time: event.time }))),
    bell: deps.outbox.bellFor(topics),
    pollMs: deps.tuning.relayPollMs,
    store: storeAndEmpty(deps.database),
  });
}

/** Events that were committed and are not on Kafka yet. */
export async function backlogOf(database: Database): Promise<number> {
  return (await lags(database, true)).reduce((sum, lag) => sum + lag.events, 0);
}
