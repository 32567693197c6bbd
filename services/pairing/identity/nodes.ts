import type { Alias } from '../../../contracts/index.js';
import { type AliasLink, aliasKey } from '../../ledger/index.js';
import type { Known } from '../study/known.js';
import { Sets } from './sets.js';

/** One version in one examination. A report about several examinations is several nodes. */
export type Node = { readonly known: Known; readonly aliases: readonly Alias[] };

/** From what names an examination best to what names it worst. */
export const ALIAS_KINDS = [
  'accession',
  'study_uid',
  'filler',
  'placer',
] as const satisfies readonly Alias['kind'][];

/**
 * The aliases that each stand for an examination of their own, where a version names several: its accessions of one
 * site, or without any its Study UIDs, and so on. Null where all its aliases mean one examination.
 */
function anchors(aliases: readonly Alias[]): readonly Alias[] | null {
  for (const kind of ALIAS_KINDS) {
    const own = aliases.filter((a) => a.kind === kind);
    if (own.length === 0) continue;
    const sites = new Set(own.map((a) => a.site));
    return own.length > sites.size ? own : null;
  }
  return null;
}

/** Aliases with a corrected number carry the other number too. */
function corrected(
  aliases: readonly Alias[],
  names: Sets<string>,
  known: ReadonlyMap<string, Alias>,
): Alias[] {
  const roots = new Set(aliases.map((a) => names.find(aliasKey(a))));
  const own = new Map(aliases.map((a) => [aliasKey(a), a]));
  for (const [key, alias] of known) if (roots.has(names.find(key))) own.set(key, alias);
  return [...own.values()];
}

/**
 * A version that names one examination links all its aliases. One that names several links none of them: it is a
 * node for each examination, and one more for each further alias that another version carries alone.
 */
export function nodesOf(versions: readonly Known[], corrections: readonly AliasLink[]): readonly Node[] {
  const names = new Sets<string>();
  const correctable = new Map<string, Alias>();
  for (const { from, to } of corrections) {
    names.unite(aliasKey(to), aliasKey(from));
    for (const alias of [from, to]) correctable.set(aliasKey(alias), alias);
  }
  const all = versions.map((known) => ({ known, own: anchors(known.version.aliases) }));
  const alone = new Set(
    all.filter(({ own }) => own === null).flatMap(({ known }) => known.version.aliases.map(aliasKey)),
  );
  return all.flatMap(({ known, own }) => {
    const { aliases } = known.version;
    if (own === null) return [{ known, aliases: corrected(aliases, names, correctable) }];
    const further = aliases.filter((a) => !own.includes(a) && alone.has(aliasKey(a)));
    return [...own, ...further].map((a) => ({ known, aliases: corrected([a], names, correctable) }));
  });
}
