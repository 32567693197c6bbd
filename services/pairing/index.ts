import {
  type IdentifierCorrection,
  type PairingConfig,
  type PatientMerge,
  TOPICS,
} from '../../contracts/index.js';
import type { Arrival } from '../ledger/index.js';
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
import { createPairingMetrics } from './metrics.js';
import { announceOrphans } from './orphans.js';
import { type Batch, recordBatch } from './record.js';

export type PairingDeps = {
  readonly config: PairingConfig;
  readonly database: Database;
  readonly bus: EventBus;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
};

const BATCH_SIZE = 100;

/** Waits are counted in hours; looking once a minute is exact enough and costs an index look-up. */
const ORPHANS_EVERY_MS = 60_000;

/** Throws OVR_EVENT_MALFORMED. */
function toBatch(events: readonly IncomingEvent[]): Batch {
  const arrivals: Arrival[] = [];
  const merges: PatientMerge[] = [];
  const corrections: IdentifierCorrection[] = [];
  const traces = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'overread.patient.merged') merges.push(dataOf(event, event.type));
    else if (event.type === 'overread.identifier.corrected') corrections.push(dataOf(event, event.type));
    else {
      const version = dataOf(event, 'overread.report.received');
      arrivals.push({ version, publishedAt: event.time, quiet: event.attributes.quiet === '1' });
      const { traceparent } = event.attributes;
      if (traceparent !== undefined) traces.set(version.id, traceparent);
    }
  }
  return { arrivals, merges, corrections, traces };
}

/**
 * Decides which version of which report belongs to which study and which draft meets which final. Reads
 * `overread.reports.v1`; an attribute `quiet` of `1` marks replays and reprocessing. Writes the ledger, and with it
 * in one transaction `overread.pairs.v1` and `overread.pair-states.v1`. Any number may run beside each other.
 */
export function createPairing(deps: PairingDeps): Service {
  const { bus, clock, logger } = deps;
  const metrics = createPairingMetrics(deps.metrics, deps);
  const consumer = bus.consume({
    group: 'pairing',
    topics: [TOPICS.reports],
    batchSize: BATCH_SIZE,
    async handle(events) {
      const batch = toBatch(events);
      metrics.observe(batch, await recordBatch(deps, batch));
    },
  });
  const stopping = new AbortController();
  let watching: Promise<void> = Promise.resolve();

  async function watchOrphans(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const orphans = await announceOrphans(deps);
        if (orphans > 0) logger.info({ orphans }, 'studies waited too long for a side');
      } catch (error) {
        logger.warn({ err: error }, 'overdue studies could not be looked for');
      }
      await clock.sleep(ORPHANS_EVERY_MS, stopping.signal);
    }
  }

  return {
    name: 'pairing',
    async start() {
      await consumer.start();
      watching = watchOrphans();
    },
    async stop() {
      stopping.abort();
      await consumer.stop();
      await watching;
    },
    health: () => consumer.health(),
  };
}
