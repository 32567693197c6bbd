import type { SignificanceTable } from '../vocabulary.js';

/**
 * Whether two sizes (mm) of one finding differ enough to matter: the band of the smaller one, a guideline
 * threshold between them by more than rounding, or, where size does not decide, over both limits of `otherwise`.
 */
export function apartInSize(
  concept: string,
  a: number,
  b: number,
  rules: SignificanceTable['measurement'],
): boolean {
  const [small, large] = a < b ? [a, b] : [b, a];
  const apart = large - small;
  if (!rules.sizeDecides.includes(concept)) {
    return apart > rules.otherwise.apartMm && apart / large > rules.otherwise.apartShare;
  }
  const slack = rules.thresholdSlackMm;
  const crossed = (rules.thresholdsMm[concept] ?? []).some((limit) => small < limit && large >= limit);
  if (crossed && apart > slack) return true;
  const band = rules.bands.find(({ belowMm }) => small < belowMm);
  return (
    band !== undefined &&
    (apart > (band.apartMm ?? Number.POSITIVE_INFINITY) || apart / large > (band.apartShare ?? 1))
  );
}
