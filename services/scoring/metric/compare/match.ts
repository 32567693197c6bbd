import type { Statement } from '../read/statement.js';
import type { Facts } from './facts.js';
import { likeness, type Nearer, sidesMeet } from './place.js';
import type { Relations } from './relations.js';

export type Match = {
  readonly statement: Statement;
  /** Statements of the other side that say the same or a vaguer thing of the same place. */
  readonly partners: readonly Statement[];
  /** Related statements of the other side, most alike first, whatever their place. */
  readonly candidates: readonly Statement[];
};

export type MatchTools = {
  readonly relations: Relations;
  readonly near: Nearer;
  readonly limit: number;
};

/**
 * Every affirmed statement of `ours` with what the other report says of it anywhere: many to many, so that a
 * finding that moved from the findings to the impression has its partner. Candidates are bounded.
 */
export function match(
  ours: ReadonlyMap<string, readonly Statement[]>,
  theirs: Facts['findings'],
  { relations, near, limit }: MatchTools,
): Match[] {
  const present = new Map(
    [...theirs].map(([id, list]) => [id, list.filter((s) => s.present).slice(0, limit)]),
  );
  return [...ours.values()].flat().flatMap((statement): Match[] => {
    if (!statement.present) return [];
    const candidates = relations
      .near(statement.concept)
      .flatMap((concept) => present.get(concept) ?? [])
      .slice(0, limit)
      .sort((a, b) => likeness(statement, b, near) - likeness(statement, a, near));
    const partners = candidates.filter(
      (other) =>
        relations.between(statement.concept, other.concept)?.is !== 'differs' &&
        sidesMeet(statement.sides, other.sides) &&
        near(statement.sites, other.sites) !== 'far',
    );
    return [{ statement, partners, candidates }];
  });
}
