import type { MetricInfo, MetricInput, MetricResult, ScoringConfig } from '../../contracts/index.js';
import type { Logger } from '../platform/index.js';
import { createPool, type PoolDeps } from './pool/index.js';

export type ScoredBy = MetricResult & { readonly metric: MetricInfo };

export type ScorerDeps = {
  readonly config: ScoringConfig;
  readonly logger: Logger;
} & Pick<PoolDeps, 'queueLimit' | 'workerFile' | 'memoryLimitMb'>;

/** Scores texts without a bus: for the API, the command line, and inside the stage. */
export type Scorer = {
  /** Rejects with OVR_SCORING_WORKER_FAILED. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Never rejects because of the texts; OVR_SCORING_BUSY and OVR_SCORING_STOPPED are worth a second try. */
  score(input: MetricInput): Promise<ScoredBy>;
  info(): MetricInfo;
  waiting(): number;
  readyWorkers(): number;
};

export function createScorer(deps: ScorerDeps): Scorer {
  const pool = createPool(deps);
  return {
    start: () => pool.start(),
    stop: () => pool.stop(),
    score: async (input) => ({ ...(await pool.score(input)), metric: pool.info() }),
    info: () => pool.info(),
    waiting: () => pool.waiting(),
    readyWorkers: () => pool.readyWorkers(),
  };
}
