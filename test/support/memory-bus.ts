import { EVENTS } from '../../contracts/index.js';
import type {
  ConsumerOptions,
  Database,
  EventBus,
  IncomingEvent,
  OutgoingEvent,
} from '../../services/platform/index.js';

/** A bus for tests of one stage: events it appends are rows of a table of its own, so they share the transaction's fate. */
export type MemoryBus = EventBus & {
  /** Hands events to every consumer, as one batch. */
  deliver(events: readonly IncomingEvent[]): Promise<void>;
  /** Type, key, id and data of everything committed, oldest first. */
  appended(): Promise<readonly { type: string; key: string; id: string; data: unknown }[]>;
  clear(): Promise<void>;
};

const READY = { ready: true, detail: '' };

export async function createMemoryBus(database: Database): Promise<MemoryBus> {
  await database.exec(
    `create table if not exists appended_event (
      n bigint generated always as identity, id text unique, type text, key text, data jsonb, attributes jsonb)`,
  );
  const consumers: ConsumerOptions[] = [];
  const insert = (events: readonly OutgoingEvent[]) =>
    [
      `insert into appended_event (id, type, key, data, attributes)
     select id, type, key, data, attributes
     from jsonb_to_recordset($1::jsonb) as e(id text, type text, key text, data jsonb, attributes jsonb)
     on conflict do nothing`,
      [
        JSON.stringify(
          events.map((e) => ({
            ...e,
            data: JSON.parse(e.data.toString('utf8')),
            attributes: e.attributes ?? {},
          })),
        ),
      ],
    ] as const;
  return {
    engine: 'sql',
    start: async () => {},
    stop: async () => {},
    health: () => READY,
    async publish(events) {
      await database.query(...insert(events));
    },
    async append(tx, events) {
      await tx.query(...insert(events));
    },
    consume(options) {
      consumers.push(options);
      return { start: async () => {}, stop: async () => {}, health: () => READY };
    },
    async *scan() {},
    lag: async () => [],
    async deliver(events) {
      for (const { handle } of consumers) await handle(events);
    },
    async appended() {
      const { rows } = await database.query<{ type: string; key: string; id: string; data: unknown }>(
        'select type, key, id, data from appended_event order by n',
      );
      return rows;
    },
    async clear() {
      await database.exec('truncate appended_event');
    },
  };
}

/** An event as a bus hands it over. */
export function incoming(event: OutgoingEvent, time: Date): IncomingEvent {
  return {
    contentType: 'application/json',
    attributes: {},
    ...event,
    topic: EVENTS[event.type].topic,
    time,
    position: '0',
  };
}
