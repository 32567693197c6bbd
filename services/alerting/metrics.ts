import { type DeliveryFigures, deliveryFigures } from '../ledger/index.js';
import type { Clock, Database, Logger, Metrics } from '../platform/index.js';
import type { Decision } from './decide.js';

const PER_ALERT = ['generator', 'version', 'modality', 'significance', 'rule'] as const;
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800, 7200, 86_400];

export type AlertingMetrics = {
  stored(scores: number): void;
  decided(decisions: readonly Decision[], now: Date): void;
  attempted(channel: string, outcome: 'delivered' | 'retried' | 'failed'): void;
  delivered(channel: string, seconds: number): void;
};

type Deps = {
  readonly metrics: Metrics;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly channels: readonly string[];
};

/** The figures of alerting; those of undelivered alerts are read from the ledger at each scrape, so every process shows them. */
export function createAlertingMetrics({ metrics, database, clock, logger, channels }: Deps): AlertingMetrics {
  const scores = metrics.counter({
    name: 'overread_scores_stored_total',
    help: 'Scores stored for the first time.',
  });
  const changes = {
    'alert.raised': metrics.counter({
      name: 'overread_alerts_raised_total',
      help: 'Alerts raised, shadow alerts included.',
      labels: PER_ALERT,
    }),
    'alert.revised': metrics.counter({
      name: 'overread_alerts_revised_total',
      help: 'Revisions of alerts that stand.',
      labels: PER_ALERT,
    }),
    'alert.withdrawn': metrics.counter({
      name: 'overread_alerts_withdrawn_total',
      help: 'Alerts withdrawn because truth or pair changed.',
      labels: PER_ALERT,
    }),
  };
  const finalToAlert = metrics.histogram({
    name: 'overread_final_to_alert_seconds',
    help: 'From receipt of the message that completed the pair to the alert it raised.',
    buckets: SECONDS,
  });
  const attempts = metrics.counter({
    name: 'overread_deliveries_total',
    help: 'Attempts to deliver a notice or a digest, by outcome.',
    labels: ['channel', 'outcome'],
  });
  // From zero on, so that a rate sees the first one.
  for (const channel of channels) {
    for (const outcome of ['delivered', 'retried', 'failed']) attempts.inc({ channel, outcome }, 0);
  }
  const deliverySeconds = metrics.histogram({
    name: 'overread_delivery_seconds',
    help: 'From the notice to its delivery, retries included.',
    labels: ['channel'],
    buckets: SECONDS,
  });
  const figure = (name: `overread_${string}`, help: string, value: (f: DeliveryFigures) => number) =>
    metrics.gauge({ name, help, labels: ['channel'] }, async (gauge) => {
      // A database that is away must not take the other metrics with it: the last figures stay.
      const figures = await deliveryFigures(database).catch((error: unknown) => {
        logger.warn({ err: error, metric: name }, 'deliveries could not be counted');
        return null;
      });
      if (figures === null) return;
      gauge.reset();
      for (const channel of channels) gauge.set({ channel }, 0);
      for (const f of figures) gauge.set({ channel: f.channel }, value(f));
    });
  figure(
    'overread_alerts_undelivered',
    'Notices of alerts that wait for delivery or digest.',
    (f) => f.undelivered,
  );
  figure(
    'overread_alerts_undelivered_oldest_seconds',
    'Age of the oldest notice that waits for delivery or digest; 0 when none does.',
    ({ oldest }) => (oldest === null ? 0 : Math.max(0, clock.now().getTime() - oldest.getTime()) / 1000),
  );
  figure(
    'overread_alerts_delivery_failed',
    'Notices of alerts that were given up; the alerts stand on the page all the same.',
    (f) => f.failed,
  );
  return {
    stored: (count) => scores.inc(count),
    decided(decisions, now) {
      for (const { alert, notice, completedAt } of decisions) {
        if (notice === 'alert.acknowledged' || notice === 'alert.digest') continue;
        changes[notice].inc({
          generator: alert.generator.name,
          version: alert.generator.version,
          modality: alert.modality ?? 'unknown',
          significance: alert.significance,
          rule: alert.rule,
        });
        if (notice !== 'alert.raised' || completedAt === null) continue;
        finalToAlert.observe(Math.max(0, now.getTime() - completedAt.getTime()) / 1000);
      }
    },
    attempted: (channel, outcome) => attempts.inc({ channel, outcome }),
    delivered: (channel, seconds) => deliverySeconds.observe({ channel }, Math.max(0, seconds)),
  };
}
