import {
  type MetricInput,
  type Pair,
  type Score,
  type ScoringConfig,
  TOPICS,
} from '../../contracts/index.js';
import {
  type Clock,
  dataOf,
  deterministicId,
  type EventBus,
  type IncomingEvent,
  jsonEvent,
  type Logger,
  type Metrics,
  type OutgoingEvent,
  type Service,
} from '../platform/index.js';
import { createMeasures } from './measures.js';
import { createScorer, type ScoredBy, type Scorer } from './scorer.js';

export type ScoringDeps = {
  readonly bus: EventBus;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly config: ScoringConfig;
  /** Another evaluator in place of the one of this installation. */
  readonly scorer?: Scorer;
};

export type Scoring = Service & {
  /** The same metric for `POST /api/v1/score`, in the same workers. */
  score(input: MetricInput): Promise<ScoredBy>;
};

/** Enough for every worker to find its next pair waiting when it ends one. */
const PAIRS_FOR_EACH_WORKER = 4;

/**
 * Takes ready pairs, publishes scores. Its only state is the position on the bus, and that moves after the scores are
 * published: a crash between the two scores the pair again, under the same id. Holds no database.
 */
export function createScoring(deps: ScoringDeps): Scoring {
  const { bus, metrics, logger, clock, config } = deps;
  const scorer = deps.scorer ?? createScorer({ config, logger });
  const measures = createMeasures(metrics, () => scorer.waiting());

  async function scoreOne(event: IncomingEvent): Promise<{ event: OutgoingEvent; count: () => void }> {
    const pair = dataOf(event, 'overread.pair.ready');
    const begin = performance.now();
    const { metric, ...result } = await scorer.score(inputOf(pair));
    const durationMs = performance.now() - begin;
    const score: Score = {
      id: deterministicId('score', pair.id, metric.fingerprint),
      pairId: pair.id,
      studyId: pair.studyId,
      site: pair.site,
      generator: pair.generator,
      exam: pair.exam,
      context: pair.context,
      unedited: pair.unedited,
      processing: pair.processing,
      quiet: pair.quiet,
      completedAt: pair.completedAt,
      result,
      metric,
      durationMs,
      scoredAt: clock.now().toISOString(),
    };
    const { traceparent } = event.attributes;
    const attributes: Record<string, string> = traceparent === undefined ? {} : { traceparent };
    return {
      event: jsonEvent('overread.score.computed', pair.studyId, score.id, score, attributes),
      count: () => measures.scored(pair, result, durationMs / 1000),
    };
  }

  const consumer = bus.consume({
    group: 'scoring',
    topics: [TOPICS.pairs],
    batchSize: config.workers * PAIRS_FOR_EACH_WORKER,
    // All at once over the workers, published in the order of arrival: that keeps the order within a study.
    async handle(events) {
      const scores = await Promise.all(events.map(scoreOne));
      await bus.publish(scores.map((score) => score.event));
      for (const score of scores) score.count();
    },
  });

  return {
    name: 'scoring',
    async start() {
      await scorer.start();
      await consumer.start();
      const { name, version, fingerprint } = scorer.info();
      logger.info({ metric: name, version, fingerprint, workers: config.workers }, 'scoring is up');
    },
    async stop() {
      await consumer.stop();
      await scorer.stop();
    },
    health() {
      const workers = scorer.readyWorkers();
      const reading = consumer.health();
      if (workers === 0) return { ready: false, detail: 'no scoring worker is ready' };
      return { ready: reading.ready, detail: reading.detail };
    },
    score: (input) => scorer.score(input),
  };
}

const inputOf = (pair: Pair): MetricInput => ({
  draft: pair.draft.text,
  final: pair.final.text,
  modality: pair.exam.modality,
  exam: pair.exam.description,
  context: pair.context,
});
