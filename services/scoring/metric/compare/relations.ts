import type { Tier, Vocabulary } from '../vocabulary.js';

export type Relation = { readonly is: 'same' | 'generic' | 'differs'; readonly tier: Tier | null };
export type Relations = {
  between(a: string, b: string): Relation | null;
  /** The concept itself and every one related to it. */
  near(concept: string): readonly string[];
};

export function createRelations({ relations }: Vocabulary['findings']): Relations {
  const table = new Map<string, Map<string, Relation>>();
  const put = (a: string, b: string, relation: Relation) => {
    const row = table.get(a) ?? new Map<string, Relation>();
    row.set(b, relation);
    table.set(a, row);
  };
  for (const { between, is, tier = null } of relations) {
    put(between[0], between[1], { is, tier });
    put(between[1], between[0], { is, tier });
  }
  return {
    between: (a, b) => (a === b ? { is: 'same', tier: null } : (table.get(a)?.get(b) ?? null)),
    near: (concept) => [concept, ...(table.get(concept)?.keys() ?? [])],
  };
}
