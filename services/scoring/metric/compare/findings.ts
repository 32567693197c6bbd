import type { Aspect, ClinicalContext } from '../../../../contracts/index.js';
import { cell, tierOf, worse } from '../judge/tier.js';
import type { Normal, Statement } from '../read/statement.js';
import type { FindingEntry, SignificanceTable, Tier } from '../vocabulary.js';
import { compareAttributes } from './attributes.js';
import type { Difference, SideName } from './difference.js';
import { other } from './difference.js';
import type { Facts } from './facts.js';
import { type Match, type MatchTools, match } from './match.js';
import { sidesMeet } from './place.js';

export type FindingTools = MatchTools & {
  readonly table: SignificanceTable;
  readonly entries: ReadonlyMap<string, FindingEntry>;
  readonly axisOf: ReadonlyMap<string, string>;
};

/** Differences in what the two reports affirm, deny or describe of findings. */
export function compareFindings(
  draft: Facts,
  final: Facts,
  context: ClinicalContext,
  tools: FindingTools,
): Difference[] {
  const sides: readonly { side: SideName; ours: Facts; theirs: Facts }[] = [
    { side: 'final', ours: final, theirs: draft },
    { side: 'draft', ours: draft, theirs: final },
  ];
  const matched = sides.map(({ side, ours, theirs }) => ({
    side,
    theirs,
    matches: match(ours.findings, theirs.findings, tools),
  }));
  const lonely = new Set(
    matched.flatMap(({ matches }) => matches.filter(isAlone(tools)).map((m) => m.statement)),
  );
  return matched.flatMap(({ side, theirs, matches }) =>
    matches.flatMap((m) => differencesOf(m, side, theirs, lonely, context, tools)),
  );
}

/** Nothing on the other side says the same; a vaguer word alone does not settle it where a conflicting one stands beside it. */
const isAlone =
  ({ relations }: FindingTools) =>
  ({ statement, partners, candidates }: Match): boolean => {
    if (partners.length === 0) return true;
    const vague = partners.every((p) => relations.between(statement.concept, p.concept)?.is === 'generic');
    return vague && candidates.some((c) => relations.between(statement.concept, c.concept)?.is === 'differs');
  };

function differencesOf(
  matched: Match,
  side: SideName,
  theirs: Facts,
  lonely: ReadonlySet<Statement>,
  context: ClinicalContext,
  tools: FindingTools,
): Difference[] {
  const { statement, partners } = matched;
  const entry = tools.entries.get(statement.concept);
  if (statement.settled || entry === undefined) return [];
  const tier = tierOf(entry, statement, context);
  if (!lonely.has(statement)) {
    const worst = partners
      .filter((p) => p.concept === statement.concept)
      .map((p) => tierOf(entry, p, context))
      .reduce(worse, tier);
    const { certaintyMatters } = entry;
    return compareAttributes({ ...tools, statement, partners, tier: worst, certaintyMatters }).map((d) =>
      difference(
        d.aspect,
        side,
        statement,
        [d.partner],
        d.tier,
        tools.relations.topic(entry.id),
        sentence(side, entry.name, d.ours, d.theirs),
      ),
    );
  }
  return [
    displaced(matched, side, tier, entry, lonely, tools) ??
      renamed(matched, side, tier, lonely, context, tools) ??
      denied(statement, side, tier, entry, theirs, tools) ??
      alone(statement, partners, side, tier, entry, tools),
  ].flatMap((d) => d ?? []);
}

const sentence = (side: SideName, name: string, ours: string, theirs: string) => {
  const [draft, final] = side === 'draft' ? [ours, theirs] : [theirs, ours];
  return `The draft describes the ${name} as ${draft}, the final as ${final}.`;
};

function difference(
  aspect: Aspect,
  side: SideName,
  statement: Statement,
  partners: readonly { readonly places: Statement['places'] }[],
  tier: Tier,
  topic: string,
  explanation: string,
): Difference {
  const ours = statement.places;
  const theirs = partners.flatMap((p) => p.places);
  return {
    aspect,
    kind: 'inaccuracy',
    tier,
    confidence: tier === 'minor' ? 'minor' : aspect === 'finding' ? 'opposed' : 'attribute',
    draft: side === 'draft' ? ours : theirs,
    final: side === 'final' ? ours : theirs,
    topic,
    explanation,
  };
}

/** The same finding, also without a partner over there, at another side or a place far away. */
function displaced(
  { statement, candidates }: Match,
  side: SideName,
  tier: Tier,
  entry: FindingEntry,
  lonely: ReadonlySet<Statement>,
  tools: FindingTools,
): Difference | null {
  const partner = candidates.find(
    (c) => lonely.has(c) && tools.relations.between(statement.concept, c.concept)?.is !== 'differs',
  );
  if (partner === undefined) return null;
  if (!sidesMeet(statement.sides, partner.sides)) {
    const text = sentence(
      side,
      tools.relations.topic(entry.id),
      `on the ${statement.sides.join(' and ')}`,
      `on the ${partner.sides.join(' and ')}`,
    );
    return difference(
      'laterality',
      side,
      statement,
      [partner],
      cell(tools.table, 'laterality', 'other', tier),
      tools.relations.topic(entry.id),
      text,
    );
  }
  if (tools.near(statement.sites, partner.sites) !== 'far') return null;
  const words = (s: Statement) => `in the ${s.sites.join(' and ').replaceAll('_', ' ')}`;
  const text = sentence(side, entry.name, words(statement), words(partner));
  return difference(
    'location',
    side,
    statement,
    [partner],
    cell(tools.table, 'location', 'far', tier),
    tools.relations.topic(entry.id),
    text,
  );
}

/** Another diagnosis for what is there: atelectasis on one side, pneumonia on the other. */
function renamed(
  { statement, candidates }: Match,
  side: SideName,
  tier: Tier,
  lonely: ReadonlySet<Statement>,
  context: ClinicalContext,
  tools: FindingTools,
): Difference | null {
  const { relations, near, entries } = tools;
  const partner = candidates.find(
    (c) =>
      lonely.has(c) &&
      !c.settled &&
      relations.between(statement.concept, c.concept)?.is === 'differs' &&
      sidesMeet(statement.sides, c.sides) &&
      near(statement.sites, c.sites) !== 'far',
  );
  const theirs = partner === undefined ? undefined : entries.get(partner.concept);
  if (partner === undefined || theirs === undefined) return null;
  const worst = worse(tier, tierOf(theirs, partner, context));
  const ours = entries.get(statement.concept)?.name ?? statement.concept;
  const [draft, final] = side === 'draft' ? [ours, theirs.name] : [theirs.name, ours];
  const topic = [ours, theirs.name].sort().join('/');
  const text = `The draft calls it ${draft}, the final ${final}.`;
  return difference(
    'characterisation',
    side,
    statement,
    [partner],
    cell(tools.table, 'characterisation', 'differs', worst),
    topic,
    text,
  );
}

/** The other side says it is not there, in so many words or by a general "normal" of the structure. */
function denied(
  statement: Statement,
  side: SideName,
  tier: Tier,
  entry: FindingEntry,
  theirs: Facts,
  { relations, near, table }: FindingTools,
): Difference | null {
  const absent = relations
    .near(statement.concept)
    .filter((concept) => relations.between(statement.concept, concept)?.is !== 'differs')
    .flatMap((concept) => theirs.findings.get(concept) ?? [])
    .find(
      (s) =>
        !s.present &&
        !s.weak &&
        sidesMeet(s.sides, statement.sides) &&
        near(s.sites, statement.sites) !== 'far',
    );
  const normal =
    absent === undefined && tier !== 'minor' ? normalOver(statement, entry, theirs.normals) : undefined;
  if (absent === undefined && normal === undefined) return null;
  const how = absent === undefined ? `calls the ${entry.structure.replaceAll('_', ' ')} normal` : 'denies it';
  const places = absent?.places ?? (normal === undefined ? [] : [normal.place]);
  const text = `The ${side} reports ${named(statement, entry)}; the ${other(side)} ${how}.`;
  const worth = cell(table, 'finding', 'inaccuracy', tier);
  return difference('finding', side, statement, [{ places }], worth, relations.topic(entry.id), text);
}

function normalOver({ sides }: Statement, { structure }: FindingEntry, normals: readonly Normal[]) {
  const meets = normals.filter((n) => sidesMeet(n.sides, sides));
  return meets.find((n) => n.covers.includes(structure)) ?? meets.find((n) => n.covers.includes('all'));
}

function alone(
  statement: Statement,
  partners: readonly Statement[],
  side: SideName,
  tier: Tier,
  entry: FindingEntry,
  { relations, table }: FindingTools,
): Difference | null {
  if (partners.length > 0) return null;
  const kind = side === 'final' ? 'omission' : 'fabrication';
  const aside = statement.certainty === 1 && !entry.certaintyMatters;
  const worth = cell(table, 'finding', aside ? 'possible' : kind, tier);
  const sure = statement.certainty === 1 ? 'weak' : 'absent';
  return {
    aspect: 'finding',
    kind,
    tier: worth,
    confidence: worth === 'minor' ? 'minor' : sure,
    draft: side === 'draft' ? statement.places : [],
    final: side === 'final' ? statement.places : [],
    topic: relations.topic(entry.id),
    explanation: `The ${side} reports ${named(statement, entry)}; the ${other(side)} does not mention it.`,
  };
}

const named = ({ sides }: Statement, { name }: FindingEntry) =>
  sides.length === 2 ? `bilateral ${name}` : sides.length === 1 ? `${sides[0]} ${name}` : name;
