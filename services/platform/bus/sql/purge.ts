import type { Queryable } from '../../database/types.js';
import { RELAY_GROUP } from './partition.js';

export type PurgeOptions = {
  readonly before: Date;
  /** Whose reading counts: the relay's where Kafka carries the events, every other group's where the table does. */
  readonly relay: boolean;
  readonly limit: number;
};

/** Removes at most `limit` events older than `before` that every known group has read; returns how many. */
export async function purge(database: Queryable, { before, relay, limit }: PurgeOptions): Promise<number> {
  const { rowCount } = await database.query(
    `delete from event where (topic, partition, position) in (
       select e.topic, e.partition, e.position from event e
       where e.time < $1::timestamptz and not exists (
         select 1 from event_cursor c
         where c.topic = e.topic and c.partition = e.partition and c.position < e.position
           and (c.consumer_group = $2) = $3
       )
       order by e.time limit $4
     )`,
    [before, RELAY_GROUP, relay, limit],
  );
  return rowCount;
}
