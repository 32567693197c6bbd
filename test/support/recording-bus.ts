import type { Topic } from '../../contracts/index.js';
import { EVENTS } from '../../contracts/index.js';
import type {
  ConsumerOptions,
  EventBus,
  IncomingEvent,
  OutgoingEvent,
} from '../../services/platform/index.js';

export type RecordingBus = EventBus & {
  /** Everything published or appended, oldest first. */
  readonly events: IncomingEvent[];
  /** Hands events to the consumers of their topic, as an engine would. */
  deliver(events: readonly IncomingEvent[]): Promise<void>;
};

/** A bus in memory, for rooms whose test is not about the engine. Nothing is delivered but by `deliver`. */
export function createRecordingBus(now: () => Date = () => new Date()): RecordingBus {
  const events: IncomingEvent[] = [];
  const consumers: ConsumerOptions[] = [];
  const health = () => ({ ready: true, detail: '' });
  const take = async (outgoing: readonly OutgoingEvent[]) => {
    for (const event of outgoing) {
      events.push({
        contentType: 'application/json',
        attributes: {},
        ...event,
        topic: EVENTS[event.type].topic,
        time: now(),
        position: `${events.length}`,
      });
    }
  };
  return {
    engine: 'sql',
    events,
    start: async () => undefined,
    stop: async () => undefined,
    health,
    publish: take,
    append: (_tx, outgoing) => take(outgoing),
    consume(options) {
      return {
        start: async () => {
          consumers.push(options);
        },
        stop: async () => undefined,
        health,
      };
    },
    async *scan(topic: Topic, options: { since?: Date } = {}) {
      const { since } = options;
      yield* events.filter((e) => e.topic === topic && (since === undefined || e.time >= since));
    },
    lag: async () => [],
    async deliver(delivered) {
      for (const consumer of consumers) {
        const own = delivered.filter((event) => consumer.topics.includes(event.topic));
        if (own.length > 0) await consumer.handle(own);
      }
    },
  };
}
