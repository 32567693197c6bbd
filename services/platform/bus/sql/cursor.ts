import type { Topic } from '../../../../contracts/index.js';
import type { Queryable } from '../../database/types.js';
import type { Lag } from '../types.js';
import { RELAY_GROUP, SQL_PARTITIONS } from './partition.js';
import type { Place } from './read.js';

/** A partition that belongs to `owner` for now: events after `position` up to `head` are to be handled. */
export type Claim = Place & { readonly position: number; readonly head: number };

/** `owner` is new for each claim: whoever lost a lease cannot be taken for its next holder. */
export type Reader = { readonly group: string; readonly owner: string };

/** Makes the group known from its first start on: nothing is purged before it has read it. */
export async function registerGroup(
  database: Queryable,
  group: string,
  topics: readonly Topic[],
): Promise<void> {
  await database.query(
    `insert into event_cursor (consumer_group, topic, partition)
     select $1, topic, partition from unnest($2::text[]) topic, generate_series(0, $3::int - 1) partition
     on conflict do nothing`,
    [group, topics, SQL_PARTITIONS],
  );
}

/**
 * Takes up to `limit` partitions with unread events that nobody holds, the one that waited longest first. The choice
 * is a materialised list, because a plan may run a locking subquery again and again.
 */
export async function claim(
  database: Queryable,
  { group, owner }: Reader,
  topics: readonly Topic[],
  limit: number,
  leaseMs: number,
): Promise<Claim[]> {
  const { rows } = await database.query<Claim>(
    `with free as materialized (
       select c.topic, c.partition, h.position as head
       from event_cursor c join event_head h using (topic, partition)
       where c.consumer_group = $1 and c.topic = any($2::text[]) and h.position > c.position
         and c.leased_until <= clock_timestamp()
       order by c.leased_until limit $4 for update of c skip locked
     )
     update event_cursor c
     set owner = $3, leased_until = clock_timestamp() + $5::float8 * interval '1 millisecond'
     from free
     where c.consumer_group = $1 and c.topic = free.topic and c.partition = free.partition
     returning c.topic, c.partition, c.position, free.head`,
    [group, topics, owner, limit, leaseMs],
  );
  return rows;
}

/** Stores how far the owner got, and gives the partition back with `release`. False: it is no longer the owner's. */
export async function move(
  database: Queryable,
  { group, owner }: Reader,
  { topic, partition }: Place,
  position: number,
  release: boolean,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `update event_cursor
     set position = greatest(position, $5::bigint),
         owner = case when $6::boolean then null else owner end,
         leased_until = case when $6::boolean then clock_timestamp() else leased_until end
     where consumer_group = $1 and topic = $3 and partition = $4 and owner = $2`,
    [group, owner, topic, partition, position, release],
  );
  return rowCount === 1;
}

/** A sign of life for every partition the owners hold. */
export async function renew(
  database: Queryable,
  group: string,
  owners: readonly string[],
  leaseMs: number,
): Promise<void> {
  await database.query(
    `update event_cursor set leased_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
     where consumer_group = $1 and owner = any($2::text[])`,
    [group, owners, leaseMs],
  );
}

/** The embedded database has one process: whoever held a partition before this start is dead. */
export async function releaseAll(database: Queryable): Promise<void> {
  await database.query(
    "update event_cursor set owner = null, leased_until = 'epoch' where owner is not null",
  );
}

/** Unread events of every group that has ever read here. */
export async function lags(database: Queryable, relay: boolean): Promise<Lag[]> {
  const { rows } = await database.query<Lag>(
    `select c.consumer_group as "group", c.topic, sum(h.position - c.position)::bigint as events
     from event_cursor c join event_head h using (topic, partition)
     where (c.consumer_group = $1) = $2
     group by 1, 2 order by 1, 2`,
    [RELAY_GROUP, relay],
  );
  return rows;
}
