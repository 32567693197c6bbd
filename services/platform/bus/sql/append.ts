import { EVENTS, type Topic } from '../../../../contracts/index.js';
import type { Queryable, Tx } from '../../database/types.js';
import type { SealedEvent } from '../letter.js';
import { partitionOf, SQL_PARTITIONS } from './partition.js';

/** Well under the 65,535 parameters one statement may have. */
const ROWS_A_STATEMENT = 500;

type Placed = { readonly topic: Topic; readonly partition: number; readonly event: SealedEvent };

const COLUMNS = [
  'int',
  'text',
  'int',
  'text',
  'text',
  'text',
  'text',
  'jsonb',
  'bytea',
] as const satisfies readonly string[];

/** Makes the heads of the topics, so that an append only has to lock them. */
export async function createHeads(database: Queryable, topics: readonly Topic[]): Promise<void> {
  await database.query(
    `insert into event_head (topic, partition)
     select topic, partition from unnest($1::text[]) topic, generate_series(0, $2::int - 1) partition
     order by topic, partition on conflict do nothing`,
    [topics, SQL_PARTITIONS],
  );
}

/** Two transactions that meet on several partitions lock them in the same order, so neither waits in a circle. */
async function lockHeads(tx: Tx, placed: readonly Placed[]): Promise<void> {
  const heads = new Map(placed.map((p) => [`${p.topic} ${p.partition}`, p]));
  const topics = [...heads.values()].map((h) => h.topic);
  const lock = () =>
    tx.query(
      `select 1 from event_head
       where (topic, partition) in (select * from unnest($1::text[], $2::int[]))
       order by topic, partition for update`,
      [topics, [...heads.values()].map((h) => h.partition)],
    );
  if ((await lock()).rowCount === heads.size) return;
  await createHeads(tx, topics);
  await lock();
}

/**
 * Runs after the locks, as a statement of its own: its snapshot then holds everything that was appended before, so
 * ids that are already there are seen. A repeat under another key can still slip past the look and is then ignored
 * by the constraint.
 */
async function insert(tx: Tx, placed: readonly Placed[], time: Date): Promise<void> {
  const parameters: unknown[] = [time];
  const rows = placed.map(({ topic, partition, event }, ordinal) => {
    const { id, type, key, contentType, attributes, data } = event;
    const values = [ordinal, topic, partition, id, type, key, contentType, JSON.stringify(attributes), data];
    const from = parameters.push(...values) - values.length;
    return `(${COLUMNS.map((sqlType, column) => `$${from + column + 1}::${sqlType}`).join(', ')})`;
  });
  await tx.query(
    `with incoming (ordinal, topic, partition, id, type, key, content_type, attributes, data) as (
       values ${rows.join(', ')}
     ), fresh as (
       select distinct on (topic, id) * from incoming i
       where not exists (select 1 from event e where e.topic = i.topic and e.id = i.id)
       order by topic, id, ordinal
     ), added as (
       insert into event (topic, partition, position, id, type, key, content_type, attributes, data, time)
       select topic, partition,
              h.position + row_number() over (partition by topic, partition order by ordinal),
              id, type, key, content_type, attributes, data, $1::timestamptz
       from fresh join event_head h using (topic, partition)
       on conflict (topic, id) do nothing
       returning topic, partition, position
     )
     update event_head h set position = last.position
     from (select topic, partition, max(position) as position from added group by topic, partition) last
     where h.topic = last.topic and h.partition = last.partition`,
    parameters,
  );
}

/** Adds events in their order; ids the topic already holds are passed over. The heads stay locked until commit. */
export async function appendEvents(tx: Tx, events: readonly SealedEvent[], time: Date): Promise<void> {
  if (events.length === 0) return;
  const placed = events.map((event) => ({
    topic: EVENTS[event.type].topic,
    partition: partitionOf(event.key),
    event,
  }));
  await lockHeads(tx, placed);
  for (let from = 0; from < placed.length; from += ROWS_A_STATEMENT) {
    await insert(tx, placed.slice(from, from + ROWS_A_STATEMENT), time);
  }
}
