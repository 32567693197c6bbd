import type { Topic } from '../../../../contracts/index.js';
import type { Queryable } from '../../database/types.js';
import type { Letter } from '../letter.js';

export type Place = { readonly topic: Topic; readonly partition: number };

/** A letter and the position a cursor gets once it is done. */
export type Placement = { readonly letter: Letter; readonly position: number };

type EventRow = {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly content_type: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  readonly time: Date;
};

function placement({ topic, partition }: Place, row: EventRow): Placement {
  const { buffer, byteOffset, byteLength } = row.data;
  const letter = {
    topic,
    type: row.type,
    key: row.key,
    id: row.id,
    data: Buffer.from(buffer, byteOffset, byteLength),
    contentType: row.content_type,
    attributes: row.attributes,
    time: row.time,
    position: `${topic}/${partition}@${row.position}`,
  };
  return { letter, position: row.position };
}

/**
 * Events after `after` in order, up to `events` of them and about `bytes`; the first one comes whatever its size.
 * Events that were handed over to Kafka have no data any more and are left out.
 */
export async function readPage(
  database: Queryable,
  place: Place,
  after: number,
  limit: { readonly events: number; readonly bytes: number },
): Promise<Placement[]> {
  const { rows } = await database.query<EventRow>(
    `select * from (
       select *, sum(octet_length(data)) over (order by position) - octet_length(data) as before from (
         select position, id, type, key, content_type, attributes, data, time from event
         where topic = $1 and partition = $2 and position > $3 and data is not null
         order by position limit $4
       ) page
     ) measured where before < $5 order by position`,
    [place.topic, place.partition, after, limit.events, limit.bytes],
  );
  return rows.map((row) => placement(place, row));
}
