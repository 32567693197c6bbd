import { cell } from '../judge/tier.js';
import type { Advice } from '../read/statement.js';
import type { SignificanceTable, Vocabulary } from '../vocabulary.js';
import { type Difference, other, type SideName } from './difference.js';
import type { Facts } from './facts.js';

/** Intervals further apart than this factor are another interval. */
const OTHER_INTERVAL = 1.5;

/** Differences in what the reports advise: missing, invented, another test, another interval. */
export function compareAdvice(
  draft: Facts,
  final: Facts,
  tests: Vocabulary['modifiers']['advice']['tests'],
  table: SignificanceTable,
): Difference[] {
  const real = (facts: Facts) => facts.advice.filter((a) => !a.boilerplate);
  const [ours, theirs] = [real(draft), real(final)];
  const names = new Map(tests.map(({ id, name }) => [id, name]));
  if (ours.length > 0 && theirs.length > 0) return changed(ours, theirs, names, table);
  const side: SideName = ours.length > 0 ? 'draft' : 'final';
  const given = ours.length > 0 ? ours : theirs;
  return [
    ...boilerplate(draft, final, table),
    ...given.filter((a) => !a.settled).map((a) => oneSided(a, side, names, table)),
  ];
}

const wordsFor = (advice: readonly Advice[], names: ReadonlyMap<string, string>) =>
  [...new Set(advice.flatMap((a) => a.tests))].map((id) => names.get(id) ?? id).join(' and ') || 'follow-up';

function oneSided(
  advice: Advice,
  side: SideName,
  names: ReadonlyMap<string, string>,
  table: SignificanceTable,
): Difference {
  const name = advice.follows ? 'follows' : advice.urgent ? 'urgent' : 'missing';
  const tier = cell(table, 'recommendation', name, 'actionable');
  return {
    aspect: 'recommendation',
    kind: side === 'final' ? 'omission' : 'fabrication',
    tier,
    confidence: tier === 'minor' ? 'minor' : 'advice',
    draft: side === 'draft' ? [advice.place] : [],
    final: side === 'final' ? [advice.place] : [],
    topic: 'advice',
    explanation: `The ${side} advises ${wordsFor([advice], names)}; the ${other(side)} advises nothing.`,
  };
}

function changed(
  draft: readonly Advice[],
  final: readonly Advice[],
  names: ReadonlyMap<string, string>,
  table: SignificanceTable,
): Difference[] {
  const tests = (list: readonly Advice[]) => new Set(list.flatMap((a) => a.tests));
  const [a, b] = [tests(draft), tests(final)];
  const otherTest = a.size > 0 && b.size > 0 && ![...a].some((test) => b.has(test));
  const days = (list: readonly Advice[]) => list.flatMap((x) => x.intervalDays ?? []);
  const [x, y] = [Math.min(...days(draft)), Math.min(...days(final))];
  const otherInterval =
    Number.isFinite(x) && Number.isFinite(y) && Math.max(x, y) / Math.min(x, y) > OTHER_INTERVAL;
  if (!otherTest && !otherInterval) return [];
  const urgent = [...draft, ...final].some((advice) => advice.urgent);
  return [
    {
      aspect: 'recommendation',
      kind: 'inaccuracy',
      tier: cell(table, 'recommendation', urgent ? 'urgent' : 'missing', 'actionable'),
      confidence: 'advice',
      draft: draft.map((advice) => advice.place),
      final: final.map((advice) => advice.place),
      topic: 'advice',
      explanation: otherTest
        ? `The draft advises ${wordsFor(draft, names)}, the final ${wordsFor(final, names)}.`
        : `The draft advises follow-up in ${x} days, the final in ${y} days.`,
    },
  ];
}

/** "Correlate clinically" and documented calls are content, but change nothing. */
function boilerplate(draft: Facts, final: Facts, table: SignificanceTable): Difference[] {
  const said = (facts: Facts) => facts.advice.filter((a) => a.boilerplate && !a.settled);
  const [ours, theirs] = [said(draft), said(final)];
  if (ours.length > 0 === theirs.length > 0) return [];
  const side: SideName = ours.length > 0 ? 'draft' : 'final';
  return [
    {
      aspect: 'recommendation',
      kind: side === 'final' ? 'omission' : 'fabrication',
      tier: cell(table, 'recommendation', 'boilerplate', 'minor'),
      confidence: 'minor',
      draft: ours.map((advice) => advice.place),
      final: theirs.map((advice) => advice.place),
      topic: 'correlation or call',
      explanation: `Only the ${side} asks for clinical correlation or documents a call.`,
    },
  ];
}
