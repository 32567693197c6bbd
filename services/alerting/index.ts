import {
  type AlertingConfig,
  OverreadError,
  type PagesConfig,
  type Score,
  type Secrets,
  TOPICS,
} from '../../contracts/index.js';
import {
  type Clock,
  type Database,
  dataOf,
  type EventBus,
  type IncomingEvent,
  type Logger,
  type Metrics,
  type Service,
} from '../platform/index.js';
import { openChannel } from './delivery/channels.js';
import { createDeliveryLoop } from './delivery/loop.js';
import { createAlertingMetrics } from './metrics.js';
import { type Arrivals, storeArrivals } from './store.js';

export type AlertingDeps = {
  readonly config: AlertingConfig;
  readonly pages: PagesConfig;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly bus: EventBus;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Spreads retries; from 0 to below 1. */
  readonly random?: () => number;
};

/** Events stored in one transaction at most: one commit for many, and a score never waits for the batch to fill. */
const BATCH_SIZE = 50;

/**
 * Stores each score and, in the same transaction, what it raises, revises or withdraws; delivers it by the
 * configured channels. In shadow mode alerts are recorded and nothing leaves. Throws OVR_SECRET_MISSING when a
 * channel's secret is not in the environment.
 */
export function createAlerting(deps: AlertingDeps): Service {
  const { config, pages, secrets, database, bus, logger, clock, random = Math.random } = deps;
  const channels = config.channels.map((channel) => openChannel(channel, { secrets, clock }));
  const names = channels.map(({ name }) => name);
  const metrics = createAlertingMetrics({
    metrics: deps.metrics,
    database,
    clock,
    logger,
    channels: names,
  });
  const loops = channels.map((channel) =>
    createDeliveryLoop({ channel, config, database, metrics, logger, clock, random }),
  );
  const consumer = bus.consume({
    group: 'alerting',
    topics: [TOPICS.scores, TOPICS.pairStates],
    batchSize: BATCH_SIZE,
    async handle(events) {
      const now = clock.now();
      const store = { database, bus, config, publicUrl: pages.publicUrl };
      const stored = await storeArrivals(store, arrivalsOf(events), now);
      metrics.stored(stored.scores);
      metrics.decided(stored.decisions, now);
      if (stored.decisions.length > 0) for (const loop of loops) loop.nudge();
    },
  });

  return {
    name: 'alerting',
    async start() {
      if (!config.shadow) for (const loop of loops) loop.start();
      await consumer.start();
    },
    async stop() {
      await consumer.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
    health: () => consumer.health(),
  };
}

/** Throws OVR_EVENT_MALFORMED. */
function arrivalsOf(events: readonly IncomingEvent[]): Arrivals {
  const scores: Score[] = [];
  const pairIds: string[] = [];
  const attributes = new Map<string, Readonly<Record<string, string>>>();
  for (const event of events) {
    const { traceparent } = event.attributes;
    if (traceparent !== undefined) attributes.set(event.key, { traceparent });
    switch (event.type) {
      case 'overread.score.computed':
        scores.push(dataOf(event, 'overread.score.computed'));
        break;
      case 'overread.pair.state': {
        const { pairId } = dataOf(event, 'overread.pair.state');
        if (pairId !== null) pairIds.push(pairId);
        break;
      }
      default:
        throw new OverreadError('OVR_EVENT_MALFORMED', `alerting cannot read ${event.type}`);
    }
  }
  return { scores, pairIds, attributes };
}
