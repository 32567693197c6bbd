import type { MetricResult, Pair } from '../../contracts/index.js';
import type { Metrics } from '../platform/index.js';

export type ScoringMeasures = {
  scored(pair: Pair, result: MetricResult, seconds: number): void;
};

const PAIR_LABELS = ['generator', 'version', 'modality'] as const;
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The counters of the stage; the rows are in docs/metrics. */
export function createMeasures(metrics: Metrics, waiting: () => number): ScoringMeasures {
  const scored = metrics.counter({
    name: 'overread_pairs_scored_total',
    help: 'Pairs the metric gave a score, by worst significance.',
    labels: [...PAIR_LABELS, 'significance'],
  });
  const unscorable = metrics.counter({
    name: 'overread_pairs_unscorable_total',
    help: 'Pairs the metric could not score, by reason.',
    labels: [...PAIR_LABELS, 'reason'],
  });
  const seconds = metrics.histogram({
    name: 'overread_scoring_seconds',
    help: 'Time from the pair taken up to its result, waiting included.',
    labels: ['modality'],
    buckets: SECONDS,
  });
  metrics.gauge(
    { name: 'overread_scoring_queue_pairs', help: 'Pairs that wait for a scoring worker.' },
    (gauge) => gauge.set(waiting()),
  );
  return {
    scored(pair, result, took) {
      const modality = pair.exam.modality ?? 'unknown';
      const labels = { generator: pair.generator.name, version: pair.generator.version, modality };
      if (result.state === 'scored') scored.inc({ ...labels, significance: result.significance });
      else unscorable.inc({ ...labels, reason: result.reason });
      seconds.observe({ modality }, took);
    },
  };
}
