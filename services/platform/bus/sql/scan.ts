import type { Topic } from '../../../../contracts/index.js';
import type { Database } from '../../database/types.js';
import { isEvent } from '../letter.js';
import { mergeByTime } from '../merge.js';
import type { BusTuning } from '../tuning.js';
import type { IncomingEvent } from '../types.js';
import { readPage } from './read.js';

type Head = { readonly partition: number; readonly position: number };

async function* partition(
  database: Database,
  topic: Topic,
  head: Head,
  since: Date | undefined,
  tuning: BusTuning,
): AsyncGenerator<IncomingEvent> {
  const limit = { events: tuning.pageEvents, bytes: tuning.pageBytes };
  let after = 0;
  for (;;) {
    const page = await readPage(database, { topic, partition: head.partition }, after, limit);
    for (const { letter, position } of page) {
      if (position > head.position) return;
      if (isEvent(letter) && (since === undefined || letter.time >= since)) yield letter;
      after = position;
    }
    if (page.length === 0) return;
  }
}

/** What the topic holds now, oldest first. A page of each partition is in memory, not more. */
export async function* scanTopic(
  database: Database,
  topic: Topic,
  since: Date | undefined,
  tuning: BusTuning,
): AsyncGenerator<IncomingEvent> {
  const { rows } = await database.query<Head>('select partition, position from event_head where topic = $1', [
    topic,
  ]);
  yield* mergeByTime(rows.map((head) => partition(database, topic, head, since, tuning)));
}
