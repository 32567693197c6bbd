import type { Alert, AlertRule } from '../../contracts/index.js';
import type { AlertChange, Standing, StandingAlert, StandingPair } from '../ledger/index.js';
import { deterministicId } from '../platform/index.js';
import { compareTiers, type Match, match } from './rules.js';

/** A change with what delivery and metrics need beside it. */
export type Decision = AlertChange & {
  /** Worse than anything told before: raised, opened again, or a worse tier. */
  readonly escalates: boolean;
  /** Older than the maximum age: the record is kept true, nobody is told. */
  readonly late: boolean;
  readonly completedAt: Date | null;
};

export type Circumstances = {
  readonly rules: readonly AlertRule[];
  readonly now: Date;
  readonly maxAgeMs: number;
  readonly shadow: boolean;
  readonly publicUrl: string;
};

/** What a rule wants of a study and generator. `wait`: a pair has no verdict yet, so what stands stands. */
type Wanted =
  | { readonly kind: 'alert'; readonly pair: StandingPair; readonly match: Match }
  | { readonly kind: 'none' }
  | { readonly kind: 'wait' };

function wanted(rule: AlertRule | undefined, { generator, pairs }: Standing): Wanted {
  const matches = pairs.flatMap((pair) => {
    const found =
      rule === undefined || pair.verdict === null
        ? null
        : match(rule, { generator, modality: pair.modality }, pair.verdict);
    return found === null ? [] : [{ pair, match: found }];
  });
  // Several active pairs of one generator are rare: the worst speaks, then the newest.
  const [first] = matches.sort(
    (a, b) =>
      compareTiers(a.match.significance, b.match.significance) ||
      b.pair.completedAt.getTime() - a.pair.completedAt.getTime() ||
      (a.pair.id < b.pair.id ? -1 : 1),
  );
  if (first !== undefined) return { kind: 'alert', ...first };
  return pairs.some((pair) => pair.verdict === null) ? { kind: 'wait' } : { kind: 'none' };
}

function alertId({ studyId, generator }: Standing, rule: string): string {
  return deterministicId('alert', studyId, generator.name, generator.version, rule);
}

/** For an alert whose usual id went to another study together with the pair it was raised for. */
export function movedAlertId({ alert, studyId }: Decision): string {
  const { generator, rule, pairId } = alert;
  return deterministicId('alert', studyId, generator.name, generator.version, rule, pairId);
}

/** Two alerts of one study, generator and rule exist after studies were merged: the first raised carries on. */
function carrierFirst(a: StandingAlert, b: StandingAlert): number {
  const withdrawn = (s: StandingAlert) => Number(s.alert.state === 'withdrawn');
  return (
    withdrawn(a) - withdrawn(b) ||
    Date.parse(a.alert.raisedAt) - Date.parse(b.alert.raisedAt) ||
    (a.alert.id < b.alert.id ? -1 : 1)
  );
}

/**
 * What has to change so that the alerts of a study and generator say what its active pairs say. Depends only on
 * what the ledger holds, never on the order in which it came: that is what makes every interleaving end alike.
 *
 * | wanted | no alert, or withdrawn | open or acknowledged |
 * | --- | --- | --- |
 * | alert | raised, unless too old | revised where the content differs; a worse tier opens it again |
 * | none | – | withdrawn |
 * | wait | – | as it is; withdrawn where its own pair is |
 */
export function decide(standing: Standing, circumstances: Circumstances): Decision[] {
  const rules = new Map(circumstances.rules.map((rule) => [rule.name, rule]));
  const names = new Set([...rules.keys(), ...standing.alerts.map(({ alert }) => alert.rule)]);
  return [...names].flatMap((name) => {
    const [carrier, ...others] = standing.alerts
      .filter(({ alert }) => alert.rule === name)
      .sort(carrierFirst);
    const merged = others.flatMap((other) => withdrawal(other, standing, circumstances));
    const want = wanted(rules.get(name), standing);
    if (want.kind === 'alert') {
      const decision = assertion(name, want, carrier, standing, circumstances);
      return decision === null ? merged : [...merged, decision];
    }
    const stays = carrier === undefined || (want.kind === 'wait' && carrier.pairStatus !== 'withdrawn');
    return stays ? merged : [...merged, ...withdrawal(carrier, standing, circumstances)];
  });
}

function withdrawal(standingAlert: StandingAlert, standing: Standing, { now }: Circumstances): Decision[] {
  const { alert } = standingAlert;
  if (alert.state === 'withdrawn') return [];
  return [
    {
      alert: { ...alert, revision: alert.revision + 1, state: 'withdrawn', updatedAt: now.toISOString() },
      studyId: standing.studyId,
      notice: 'alert.withdrawn',
      shadow: standingAlert.shadow,
      escalates: false,
      late: false,
      completedAt: null,
    },
  ];
}

function assertion(
  rule: string,
  want: Extract<Wanted, { kind: 'alert' }>,
  carrier: StandingAlert | undefined,
  standing: Standing,
  { now, maxAgeMs, shadow, publicUrl }: Circumstances,
): Decision | null {
  const { pair } = want;
  const late = now.getTime() - pair.completedAt.getTime() > maxAgeMs;
  const before = carrier?.alert.state === 'withdrawn' ? undefined : carrier?.alert;
  if (before === undefined && late) return null;
  const worse = before === undefined || compareTiers(want.match.significance, before.significance) < 0;
  const alert: Alert = {
    id: carrier?.alert.id ?? alertId(standing, rule),
    revision: (carrier?.alert.revision ?? 0) + 1,
    rule,
    state: before?.state === 'acknowledged' && !worse ? 'acknowledged' : 'open',
    pairId: pair.id,
    generator: standing.generator,
    modality: pair.modality,
    significance: want.match.significance,
    aspects: [...want.match.aspects],
    discrepancies: want.match.discrepancies,
    link: `${publicUrl.replace(/\/+$/, '')}/cases/${pair.id}`,
    raisedAt: before?.raisedAt ?? now.toISOString(),
    updatedAt: now.toISOString(),
  };
  if (before !== undefined && sameContent(before, alert)) return null;
  return {
    alert,
    studyId: standing.studyId,
    notice: before === undefined ? 'alert.raised' : 'alert.revised',
    // An alert that began in shadow mode was never told to anybody, so its revisions are not either.
    shadow: before === undefined ? shadow : carrier?.shadow === true,
    escalates: worse,
    late,
    completedAt: pair.completedAt,
  };
}

function sameContent(a: Alert, b: Alert): boolean {
  const content = ({ state, pairId, modality, significance, aspects, discrepancies }: Alert) =>
    JSON.stringify([state, pairId, modality, significance, aspects, discrepancies]);
  return content(a) === content(b);
}
