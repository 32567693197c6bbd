import { groupBy } from '../group.js';
import type { Statement } from '../read/statement.js';
import type { Side, Vocabulary } from '../vocabulary.js';

export type Nearness = 'same' | 'adjacent' | 'far';
export type Nearer = (a: readonly string[], b: readonly string[]) => Nearness;

const RANK: Readonly<Record<Nearness, number>> = { same: 0, adjacent: 1, far: 2 };

/** Sides that can be the same place; a side that is not given contradicts none. */
export const sidesMeet = (a: readonly Side[], b: readonly Side[]) =>
  a.length === 0 || b.length === 0 || a.some((side) => b.includes(side));

/** How near two lists of sites are: in each frame both speak of, the nearest pair; the worst frame decides. */
export function createNearness({ sites, spine }: Vocabulary['anatomy']): Nearer {
  const known = new Map(sites.map((site) => [site.id, site]));
  const locate = (id: string) => {
    const site = known.get(id);
    if (site !== undefined) return { id, frame: site.frame, levels: site.levels };
    const [first, last] = spine[id.charAt(0)] ?? [0, 0];
    return { id, frame: 'column', levels: [Math.min(first + Number(id.slice(1)) - 1, last)] };
  };
  type Located = ReturnType<typeof locate>;
  const pair = (a: Located, b: Located): Nearness => {
    if (a.id === b.id) return 'same';
    const gaps = a.levels.flatMap((x) => b.levels.map((y) => Math.abs(x - y)));
    const gap = gaps.length > 0 ? Math.min(...gaps) : Number.POSITIVE_INFINITY;
    return gap === 0 ? 'same' : gap === 1 ? 'adjacent' : 'far';
  };
  return (a, b) => {
    let worst: Nearness = 'same';
    const left = groupBy(a.map(locate), (site) => site.frame);
    const right = groupBy(b.map(locate), (site) => site.frame);
    for (const [frame, ours] of left) {
      const theirs = right.get(frame);
      if (theirs === undefined) continue;
      const all = ours.flatMap((x) => theirs.map((y) => pair(x, y)));
      const nearest = all.reduce((best, next) => (RANK[next] < RANK[best] ? next : best), 'far');
      if (RANK[nearest] > RANK[worst]) worst = nearest;
    }
    return worst;
  };
}

/** Most alike first: same side and site, then degree. */
export function likeness(a: Statement, b: Statement, near: Nearer): number {
  return (
    (sidesMeet(a.sides, b.sides) ? 4 : 0) +
    (2 - RANK[near(a.sites, b.sites)]) +
    (a.degree !== null && a.degree === b.degree ? 1 : 0) +
    (a.concept === b.concept ? 2 : 0)
  );
}
