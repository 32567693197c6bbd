import type { Discrepancy, MetricInput, Span } from '../../../../contracts/index.js';
import type { Difference } from '../compare/difference.js';
import { groupBy } from '../group.js';
import type { Place } from '../read/statement.js';
import type { SignificanceTable, Tier } from '../vocabulary.js';
import { worse } from './tier.js';

const ORDER: readonly Tier[] = ['urgent', 'actionable', 'minor'];

/**
 * Differences of one topic, aspect and kind become one discrepancy with all their spans; worst first, then in the
 * order of the text. Bounded, so that two unrelated books do not fill a topic; the worst are kept.
 */
export function discrepanciesOf(
  differences: readonly Difference[],
  { draft, final }: Pick<MetricInput, 'draft' | 'final'>,
  table: SignificanceTable,
): Discrepancy[] {
  const groups = groupBy(differences, ({ topic, aspect, kind }) => `${aspect}|${kind}|${topic}`);
  return [...groups.values()]
    .flatMap((group): Discrepancy[] => {
      const [first] = group;
      if (first === undefined) return [];
      const significance = group.map((d) => d.tier).reduce(worse);
      const leading = group.find((d) => d.tier === significance) ?? first;
      return [
        {
          aspect: first.aspect,
          kind: first.kind,
          significance,
          significant: significance !== 'minor',
          confidence: Math.max(
            ...group.filter((d) => d.tier === significance).map((d) => table.confidence[d.confidence]),
          ),
          draft: spans(
            group.flatMap((d) => d.draft),
            draft,
            table.limits.spans,
          ),
          final: spans(
            group.flatMap((d) => d.final),
            final,
            table.limits.spans,
          ),
          explanation: leading.explanation,
        },
      ];
    })
    .sort((a, b) => ORDER.indexOf(rank(a)) - ORDER.indexOf(rank(b)) || at(a) - at(b))
    .slice(0, table.limits.discrepancies);
}

const rank = (discrepancy: Discrepancy): Tier => discrepancy.significance;
const at = ({ draft, final }: Discrepancy) => final[0]?.start ?? draft[0]?.start ?? 0;

function spans(places: readonly Place[], text: string, limit: number): Span[] {
  const unique = new Map(places.map((place) => [place.start, place]));
  return [...unique.values()]
    .sort((a, b) => a.start - b.start)
    .slice(0, limit)
    .map(({ start, end }) => ({ start, end, text: text.slice(start, end) }));
}
