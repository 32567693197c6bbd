import type { ScoredBy } from '../../scoring/index.js';

/**
 * What a program gets for a pair. The keys are always the same; an unscorable pair has nulls where a scored one has
 * numbers, because a failure is not a number.
 */
export function answerOf({ metric, ...result }: ScoredBy) {
  const { name, version } = metric;
  if (result.state === 'unscorable') {
    return {
      state: result.state,
      reason: result.reason,
      significant: null,
      significance: null,
      probability: null,
      divergence: null,
      discrepancies: [],
      metric: { name, version },
    };
  }
  const { state, significant, significance, probability, divergence, discrepancies } = result;
  return {
    state,
    significant,
    significance,
    probability,
    divergence,
    discrepancies,
    metric: { name, version },
  };
}
