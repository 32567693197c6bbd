import type { MetricInput, ScoreAnswer, TrialAnswer, TrialRequest } from '../../contracts/index.js';
import type { Clock, Database, EventBus, Health, Logger, Metrics } from '../platform/index.js';

export type ReviewDeps = {
  readonly bus: EventBus;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Names of the configured feeds, in their order. */
  readonly feeds: readonly string[];
  /** The metric of this process, for `POST /api/v1/score`; nothing it is given is stored. */
  readonly score: (input: MetricInput) => Promise<ScoreAnswer>;
  /** Runs stored messages through the rules in force and others; stores and publishes nothing. */
  readonly tryRules: (request: TrialRequest) => Promise<TrialAnswer>;
  /** Health of every part of this process. */
  readonly healths: () => ReadonlyMap<string, Health>;
};
