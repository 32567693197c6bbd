export { loadMetric } from './load-metric.js';
export type { Metric } from './metric/index.js';
export { createScorer, type ScoredBy, type Scorer, type ScorerDeps } from './scorer.js';
export { createScoring, type Scoring, type ScoringDeps } from './stage.js';
