import type { SignificanceTable, Tier } from '../vocabulary.js';

type Weighed = { readonly tier: Tier; readonly confidence: number };

const anyOf = (shares: readonly number[]) => 1 - shares.reduce((none, share) => none * (1 - share), 1);

/**
 * Evidence in [0, 1] that the pair differs significantly; 0.5 or more exactly when some discrepancy is significant,
 * so that the verdict and the list cannot disagree. Minor ones move it below that line only.
 */
export function evidence(discrepancies: readonly Weighed[]): number {
  const significant = discrepancies.filter((d) => d.tier !== 'minor').map((d) => d.confidence);
  if (significant.length > 0) return 0.5 + anyOf(significant) / 2;
  return 0.49 * anyOf(discrepancies.map((d) => d.confidence * 0.3));
}

/** Evidence to probability at a prevalence of one half, by the table's knots. */
export function calibrate(value: number, knots: SignificanceTable['calibration']['knots']): number {
  for (let i = 1; i < knots.length; i += 1) {
    const [x0, y0] = knots[i - 1] ?? [0, 0];
    const [x1, y1] = knots[i] ?? [1, 1];
    if (value <= x1) return x1 === x0 ? y1 : y0 + ((value - x0) / (x1 - x0)) * (y1 - y0);
  }
  return knots.at(-1)?.[1] ?? value;
}

/** Prior shift (Saerens 2002): what holds at a prevalence of one half, carried to the site's own. Strictly increasing. */
export function atPrevalence(probability: number, prevalence: number): number {
  const odds = (probability / (1 - probability)) * (prevalence / (1 - prevalence));
  return odds / (1 + odds);
}

export function divergence(
  discrepancies: readonly Weighed[],
  weights: SignificanceTable['divergence'],
): number {
  return anyOf(discrepancies.map((d) => d.confidence * weights[d.tier]));
}
