import type { Topic } from '../../../contracts/index.js';
import { EVENTS } from '../../../contracts/index.js';
import type {
  ConsumerOptions,
  EventBus,
  IncomingEvent,
  OutgoingEvent,
} from '../../../services/platform/index.js';

export type MemoryBus = EventBus & {
  /** Everything published to a topic so far. */
  published(topic: Topic): readonly IncomingEvent[];
  /** How many events of a topic a group has behind it. */
  position(group: string, topic: Topic): number;
  /** The next publish rejects, as a broker that went away would. */
  failNextPublish(): void;
};

/** A bus in memory: batches, positions that move after the handler, one-by-one after a batch that throws. */
export function createMemoryBus(): MemoryBus {
  const log = new Map<Topic, IncomingEvent[]>();
  const positions = new Map<string, number>();
  const wakers = new Set<() => void>();
  let failing = false;
  const of = (topic: Topic) => log.get(topic) ?? [];
  const add = (events: readonly OutgoingEvent[]) => {
    for (const event of events) {
      const { topic } = EVENTS[event.type];
      const list = of(topic);
      const whole = { contentType: 'application/json', attributes: {}, ...event };
      list.push({ ...whole, topic, time: new Date(0), position: `${topic}:${list.length}` });
      log.set(topic, list);
    }
    for (const wake of wakers) wake();
  };

  function consume({ group, topics, handle, batchSize = 1 }: ConsumerOptions) {
    let running = false;
    let loop = Promise.resolve();
    let wake = () => {};
    const step = async (topic: Topic): Promise<boolean> => {
      const key = `${group}|${topic}`;
      const at = positions.get(key) ?? 0;
      const batch = of(topic).slice(at, at + batchSize);
      if (batch.length === 0) return false;
      try {
        await handle(batch);
      } catch {
        for (const event of batch) await handle([event]).catch(() => {});
      }
      positions.set(key, at + batch.length);
      return true;
    };
    const run = async () => {
      while (running) {
        let moved = false;
        for (const topic of topics) moved = (await step(topic)) || moved;
        if (!moved && running)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    };
    return {
      async start() {
        running = true;
        wakers.add(() => wake());
        loop = run();
      },
      async stop() {
        running = false;
        wake();
        await loop;
      },
      health: () => ({ ready: running, detail: '' }),
    };
  }

  return {
    engine: 'sql',
    start: async () => {},
    stop: async () => {},
    health: () => ({ ready: true, detail: '' }),
    async publish(events) {
      if (failing) {
        failing = false;
        throw new Error('the broker went away');
      }
      add(events);
    },
    append: async (_tx, events) => add(events),
    consume,
    async *scan(topic) {
      yield* of(topic);
    },
    lag: async () => [],
    published: of,
    position: (group, topic) => positions.get(`${group}|${topic}`) ?? 0,
    failNextPublish() {
      failing = true;
    },
  };
}
