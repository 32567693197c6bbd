import type { Aspect } from '../../../../contracts/index.js';
import { cell } from '../judge/tier.js';
import type { Statement } from '../read/statement.js';
import { type Change, DEGREES, type SignificanceTable, type Tier, type Vocabulary } from '../vocabulary.js';
import { apartInSize } from './sizes.js';

/** An attribute on which a matched finding differs, with the statement it differs from. */
export type AttributeDifference = {
  readonly aspect: Aspect;
  readonly tier: Tier;
  readonly ours: string;
  readonly theirs: string;
  readonly partner: Statement;
};

export type AttributeInput = {
  readonly statement: Statement;
  readonly partners: readonly Statement[];
  readonly tier: Tier;
  readonly certaintyMatters: boolean;
  readonly table: SignificanceTable;
  readonly axisOf: ReadonlyMap<string, string>;
};

export const axes = ({ modifiers }: Vocabulary) =>
  new Map(modifiers.qualifiers.map(({ id, axis }) => [id, axis] as const));

/** An attribute differs when no partner agrees on it; a side that does not give it agrees. */
export function compareAttributes(input: AttributeInput): AttributeDifference[] {
  return [severity, measurement, change, certainty, qualifiers, laterality].flatMap((compare) =>
    compare(input),
  );
}

function severity({ statement, partners, tier, table }: AttributeInput): AttributeDifference[] {
  const degree = statement.degree;
  const graded = partners.filter((p) => p.degree !== null && p.concept === statement.concept);
  if (degree === null || graded.length === 0) return [];
  const steps = (p: Statement) => Math.abs((p.degree ?? degree) - degree);
  const partner = graded.reduce((best, next) => (steps(next) < steps(best) ? next : best));
  if (steps(partner) === 0) return [];
  const name = steps(partner) >= table.severitySteps ? 'steps' : 'neighbours';
  const word = (value: number | null) => DEGREES[(value ?? 1) - 1] ?? '';
  const aspect = 'severity';
  return [
    {
      aspect,
      tier: cell(table, aspect, name, tier),
      ours: word(degree),
      theirs: word(partner.degree),
      partner,
    },
  ];
}

function measurement({ statement, partners, tier, table }: AttributeInput): AttributeDifference[] {
  const sized = partners.filter((p) => p.sizesMm.length > 0 && p.concept === statement.concept);
  const mm = Math.max(...statement.sizesMm);
  if (statement.sizesMm.length === 0 || sized.length === 0) return [];
  const sizes = sized.flatMap((partner) => partner.sizesMm.map((size) => ({ partner, size })));
  const nearest = sizes.reduce((best, next) =>
    Math.abs(next.size - mm) < Math.abs(best.size - mm) ? next : best,
  );
  if (nearest.size === mm) return [];
  const beyond = apartInSize(statement.concept, mm, nearest.size, table.measurement);
  const aspect = 'measurement';
  return [
    {
      aspect,
      tier: cell(table, aspect, beyond ? 'beyond' : 'within', tier),
      ours: `${mm} mm`,
      theirs: `${nearest.size} mm`,
      partner: nearest.partner,
    },
  ];
}

const NEAR_CHANGES: readonly (readonly Change[])[] = [
  ['new', 'worse'],
  ['better', 'resolved'],
];

function change({ statement, partners, tier, table }: AttributeInput): AttributeDifference[] {
  const said = statement.change;
  const told = partners.filter((p) => p.change !== null && p.concept === statement.concept);
  const [partner] = told;
  if (said === null || partner?.change == null || told.some((p) => p.change === said)) return [];
  const near = told.some((p) =>
    NEAR_CHANGES.some((pair) => pair.includes(said) && p.change !== null && pair.includes(p.change)),
  );
  const aspect = 'temporal_change';
  return [
    {
      aspect,
      tier: cell(table, aspect, near ? 'near' : 'opposed', tier),
      ours: said,
      theirs: partner.change,
      partner,
    },
  ];
}

const CERTAINTY = ['', 'possible', 'probable', 'definite'];

function certainty({
  statement,
  partners,
  tier,
  certaintyMatters,
  table,
}: AttributeInput): AttributeDifference[] {
  const alike = partners.filter((p) => p.concept === statement.concept);
  const [partner] = alike;
  const possible = statement.certainty === 1;
  if (partner === undefined || alike.some((p) => (p.certainty === 1) === possible)) return [];
  const aspect = 'certainty';
  const name = certaintyMatters && tier !== 'minor' ? 'critical' : 'other';
  return [
    {
      aspect,
      tier: cell(table, aspect, name, tier),
      ours: CERTAINTY[statement.certainty] ?? '',
      theirs: CERTAINTY[partner.certainty] ?? '',
      partner,
    },
  ];
}

function qualifiers({ statement, partners, tier, table, axisOf }: AttributeInput): AttributeDifference[] {
  return Object.entries(table.axes).flatMap(([axis, row]) => {
    const on = (s: Statement) => s.qualifiers.filter((id) => axisOf.get(id) === axis);
    const ours = on(statement);
    const [first] = ours;
    if (first === undefined) return [];
    const saying = partners.filter((p) => on(p).length > 0);
    const partner = saying[0] ?? (row.oneSided ? partners[0] : undefined);
    if (partner === undefined || saying.some((p) => on(p).some((id) => ours.includes(id)))) return [];
    const theirs = on(partner)[0] ?? `no ${first}`;
    const worth: Tier = tier === 'minor' && axis !== 'nature' && axis !== 'age' ? 'minor' : row.tier;
    return [{ aspect: row.aspect, tier: worth, ours: first, theirs, partner }];
  });
}

/** "Bilateral" against one side alone; opposite sides are no partners and are told apart elsewhere. */
function laterality({ statement, partners, tier, table }: AttributeInput): AttributeDifference[] {
  const sided = partners.filter((p) => p.sides.length > 0);
  const [partner] = sided;
  if (statement.sides.length < 2 || partner === undefined || sided.length < partners.length) return [];
  const covered = new Set(sided.flatMap((p) => p.sides));
  if (covered.size > 1) return [];
  const aspect = 'laterality';
  const worth = (statement.degree ?? 3) <= 2 ? 'minor' : cell(table, aspect, 'partial', tier);
  return [{ aspect, tier: worth, ours: 'both sides', theirs: `${[...covered].join()} side only`, partner }];
}
