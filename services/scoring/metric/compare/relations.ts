import type { Tier, Vocabulary } from '../vocabulary.js';

export type Relation = { readonly is: 'same' | 'generic' | 'differs'; readonly tier: Tier | null };
export type Relations = {
  between(a: string, b: string): Relation | null;
  /** The concept itself and every one related to it. */
  near(concept: string): readonly string[];
  /** One name for all concepts that are the same by way of others: their differences are told together. */
  topic(concept: string): string;
};

export function createRelations({ relations }: Vocabulary['findings']): Relations {
  const table = new Map<string, Map<string, Relation>>();
  const topics = new Map<string, string>();
  const topic = (concept: string): string => {
    const parent = topics.get(concept);
    return parent === undefined ? concept : topic(parent);
  };
  const put = (a: string, b: string, relation: Relation) => {
    const row = table.get(a) ?? new Map<string, Relation>();
    row.set(b, relation);
    table.set(a, row);
  };
  for (const { between, is, tier = null } of relations) {
    put(between[0], between[1], { is, tier });
    put(between[1], between[0], { is, tier });
    const [a, b] = [topic(between[0]), topic(between[1])];
    if (is === 'same' && a !== b) topics.set(b, a);
  }
  return {
    between: (a, b) => (a === b ? { is: 'same', tier: null } : (table.get(a)?.get(b) ?? null)),
    topic,
    near: (concept) => [concept, ...(table.get(concept)?.keys() ?? [])],
  };
}
