import type { Topic } from '../../../contracts/index.js';
import type { Metrics } from '../metrics.js';
import type { Lag } from './types.js';

export type BusInstruments = {
  handled(group: string, topic: Topic, events: number): void;
  /** Starts a clock; the returned function stops it. */
  handling(group: string, topic: Topic): () => void;
  failed(group: string, topic: Topic): void;
  buried(stage: string, code: string): void;
};

export function createInstruments(metrics: Metrics): BusInstruments {
  const handled = metrics.counter({
    name: 'overread_bus_handled_total',
    help: 'Events a group has handled for good, dead letters included.',
    labels: ['group', 'topic'],
  });
  const failures = metrics.counter({
    name: 'overread_bus_failures_total',
    help: 'Times a handler threw; most are tried again.',
    labels: ['group', 'topic'],
  });
  const deadLetters = metrics.counter({
    name: 'overread_dead_letters_total',
    help: 'Events that went to the dead letters.',
    labels: ['stage', 'code'],
  });
  const seconds = metrics.histogram({
    name: 'overread_bus_handler_seconds',
    help: 'Time a handler took for one call.',
    labels: ['group', 'topic'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
  });
  return {
    handled: (group, topic, events) => handled.inc({ group, topic }, events),
    handling: (group, topic) => {
      const stop = seconds.startTimer({ group, topic });
      return () => void stop();
    },
    failed: (group, topic) => failures.inc({ group, topic }),
    buried: (stage, code) => deadLetters.inc({ stage, code }),
  };
}

/** Sets the lag gauge at each scrape. While the engine is away the last figures stay: a gap must not look like zero. */
export function showLag(metrics: Metrics, lag: () => Promise<readonly Lag[]>): void {
  metrics.gauge(
    {
      name: 'overread_bus_lag_events',
      help: 'Events of a topic that a group has not handled yet.',
      labels: ['group', 'topic'],
    },
    async (gauge) => {
      const lags = await lag().catch(() => []);
      for (const { group, topic, events } of lags) gauge.set({ group, topic }, events);
    },
  );
}

/** Sets the gauge of events that stand in the outbox and not yet on Kafka. */
export function showBacklog(metrics: Metrics, backlog: () => Promise<number>): void {
  metrics.gauge(
    { name: 'overread_bus_relay_backlog_events', help: 'Events of the outbox that are not on Kafka yet.' },
    async (gauge) => {
      const events = await backlog().catch(() => null);
      if (events !== null) gauge.set(events);
    },
  );
}
