import { type AlertRule, Aspect, type Generator, Significance } from '../../contracts/index.js';
import type { Verdict } from '../ledger/index.js';

type AlertTier = Exclude<Significance, 'none'>;

/** What a rule sees in a verdict: the worst tier, the aspects and the number of the discrepancies it asks for. */
export type Match = {
  readonly significance: AlertTier;
  readonly aspects: readonly Aspect[];
  readonly discrepancies: number;
};

type Subject = { readonly generator: Generator; readonly modality: string | null };

/** Below zero when `a` is worse than `b`. */
export function compareTiers(a: Significance, b: Significance): number {
  return Significance.options.indexOf(a) - Significance.options.indexOf(b);
}

const asksFor = <T>(wanted: readonly T[], value: T): boolean => wanted.length === 0 || wanted.includes(value);

/**
 * Null when the rule does not ask for this verdict. Only a verdict at the stricter alerting operating point can
 * match. A rule names a generator (`GenX`) or one version of it (`GenX@2.1`); an unknown modality matches only
 * rules that name none.
 */
export function match(rule: AlertRule, { generator, modality }: Subject, verdict: Verdict): Match | null {
  const names = [generator.name, `${generator.name}@${generator.version}`];
  const asked =
    verdict.alertable &&
    asksFor(rule.modalities, modality) &&
    (rule.generators.length === 0 || names.some((name) => rule.generators.includes(name)));
  if (!asked) return null;
  const found = verdict.discrepancies.filter(
    (d) =>
      d.significant && rule.tiers.some((tier) => tier === d.significance) && asksFor(rule.aspects, d.aspect),
  );
  const worst = found.map((d) => d.significance).sort(compareTiers)[0];
  if (worst === undefined) return null;
  return {
    significance: worst,
    aspects: Aspect.options.filter((aspect) => found.some((d) => d.aspect === aspect)),
    discrepancies: found.length,
  };
}
