import { OverreadError } from '../../../contracts/index.js';
import { type AliasLink, aliasKey, type PatientLink } from '../../ledger/index.js';
import { byClock, type Known } from '../study/known.js';
import { ALIAS_KINDS, type Node, nodesOf } from './nodes.js';
import { type Patients, patientNames, patientsOf, samePatient, unitedPatients } from './patients.js';

/** One examination: its versions in the order of their clocks, its aliases, and what is odd about it. */
export type Cluster = {
  readonly versions: readonly Known[];
  readonly aliases: readonly Node['aliases'][number][];
  readonly flags: readonly string[];
};

export type IdentityRules = { readonly accessionReuseDays: number };
export type IdentityFacts = {
  readonly patients: readonly PatientLink[];
  readonly corrections: readonly AliasLink[];
};

const DAY_MS = 86_400_000;

/** More versions than one examination can have; a number they share names no examination. */
const MAX_VERSIONS_OF_ALIAS = 300;

type Link = { readonly a: number; readonly b: number; readonly strength: number; readonly distance: number };

const byNode = (a: Node, b: Node) => {
  const [one, other] = [a, b].map((n) => n.aliases.map(aliasKey).join());
  return byClock(a.known, b.known) || ((one ?? '') < (other ?? '') ? -1 : 1);
};

function linksBetween(nodes: readonly Node[]): readonly Link[] {
  const holders = new Map<string, number[]>();
  nodes.forEach((node, index) => {
    for (const alias of node.aliases) {
      const key = aliasKey(alias);
      const held = holders.get(key) ?? [];
      holders.set(key, held);
      held.push(index);
    }
  });
  const best = new Map<string, Link>();
  for (const [key, held] of holders) {
    if (held.length > MAX_VERSIONS_OF_ALIAS) throw new OverreadError('OVR_IDENTIFIER_OVERUSED');
    const [kind] = JSON.parse(key) as [(typeof ALIAS_KINDS)[number]];
    held.forEach((a, position) => {
      for (const b of held.slice(position + 1)) {
        const link = linkOf(nodes, a, b, kind);
        const other = best.get(`${a},${b}`);
        if (other === undefined || link.strength < other.strength) best.set(`${a},${b}`, link);
      }
    });
  }
  return [...best.values()].sort(
    (x, y) => x.strength - y.strength || x.distance - y.distance || x.a - y.a || x.b - y.b,
  );
}

/** Versions that no message says any more are placed last. A Study UID is unique for ever, the others are not. */
function linkOf(nodes: readonly Node[], a: number, b: number, kind: (typeof ALIAS_KINDS)[number]): Link {
  const [one, other] = [nodes[a]?.known, nodes[b]?.known];
  const live = one?.live === true && other?.live === true;
  const strength = (kind === 'study_uid' ? 0 : 1 + ALIAS_KINDS.indexOf(kind)) + (live ? 0 : 10);
  return { a, b, strength, distance: Math.abs((one?.first.clock ?? 0) - (other?.first.clock ?? 0)) };
}

type Group = { nodes: number[]; patients: Patients; flags: Set<string> };

function groupsOf(nodes: readonly Node[], facts: IdentityFacts, rules: IdentityRules): readonly Group[] {
  const name = patientNames(facts.patients);
  const groups: Group[] = nodes.map((node, index) => ({
    nodes: [index],
    patients: patientsOf(node.known, name),
    flags: new Set<string>(),
  }));
  const of = (index: number): Group => groups[index] ?? { nodes: [], patients: new Map(), flags: new Set() };
  const isDead = (group: Group) =>
    group.nodes.length === 1 && group.nodes.every((index) => nodes[index]?.known.live === false);
  const refusals: { a: number; b: number; flag: string }[] = [];
  for (const { a, b, strength, distance } of linksBetween(nodes)) {
    const [one, other] = [of(a), of(b)];
    if (one === other) continue;
    const byUid = strength % 10 === 0;
    const farApart = distance > rules.accessionReuseDays * DAY_MS;
    // What no message says any more follows the others, and never brings two together.
    if (strength >= 10 && !isDead(one) && !isDead(other)) continue;
    const refused = !samePatient(one.patients, other.patients)
      ? 'patient_mismatch'
      : farApart && !byUid
        ? 'number_reused'
        : null;
    if (refused !== null) {
      if (strength < 10) refusals.push({ a, b, flag: refused });
      continue;
    }
    const united: Group = {
      nodes: [...one.nodes, ...other.nodes],
      patients: unitedPatients(one.patients, other.patients),
      flags: new Set([...one.flags, ...other.flags, ...(farApart ? ['clock_gap'] : [])]),
    };
    for (const index of united.nodes) groups[index] = united;
  }
  for (const { a, b, flag } of refusals) {
    const [one, other] = [of(a), of(b)];
    if (one !== other) for (const group of [one, other]) group.flags.add(flag);
  }
  return [...new Set(groups)];
}

/**
 * Which versions are one examination. Links of shared aliases are taken strongest first (Study UID, accession, filler,
 * placer), nearest clocks first, and a link unites unless it would join two patients of one site, or is not a Study
 * UID and spans more than `accessionReuseDays`; such a refusal is flagged on both sides. The result is a function
 * of the set of versions, merges and corrections. Throws OVR_IDENTIFIER_OVERUSED.
 */
export function clustersOf(
  versions: readonly Known[],
  facts: IdentityFacts,
  rules: IdentityRules,
): readonly Cluster[] {
  const nodes = nodesOf(versions, facts.corrections).toSorted(byNode);
  const clusters = groupsOf(nodes, facts, rules).map((group) => {
    const own = group.nodes.toSorted((a, b) => a - b).flatMap((index) => nodes[index] ?? []);
    const aliases = new Map(own.flatMap((n) => n.aliases).map((a) => [aliasKey(a), a]));
    return {
      versions: [...new Set(own.map((n) => n.known))],
      aliases: [...aliases.values()],
      flags: [...group.flags].sort(),
      first: Math.min(...group.nodes),
    };
  });
  return clusters
    .toSorted((a, b) => a.first - b.first)
    .map(({ versions: members, aliases, flags }) => ({ versions: members, aliases, flags }));
}
