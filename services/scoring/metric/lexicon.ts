import type { Stemmer, Token } from './text/tokens.js';
import { type Change, DEGREES, type FindingEntry, type Side, type Vocabulary } from './vocabulary.js';

export type Direction = 'forward' | 'backward';

/** What a phrase means, wherever it stands. */
export type Meaning =
  | { readonly type: 'finding'; readonly finding: FindingEntry }
  | { readonly type: 'device'; readonly id: string }
  | { readonly type: 'tip'; readonly device: string | null; readonly good: boolean }
  | { readonly type: 'structure'; readonly id: string }
  | { readonly type: 'word'; readonly structure: string; readonly finding: FindingEntry }
  | { readonly type: 'normalWord' }
  | { readonly type: 'normal'; readonly covers: readonly string[] }
  | { readonly type: 'negation'; readonly direction: Direction; readonly weak: boolean }
  | { readonly type: 'certainty'; readonly direction: Direction; readonly level: 1 | 2 }
  | { readonly type: 'change'; readonly change: Change }
  | { readonly type: 'degree'; readonly degree: number }
  | { readonly type: 'side'; readonly sides: readonly Side[] }
  | { readonly type: 'site'; readonly id: string; readonly sides: readonly Side[] }
  | { readonly type: 'qualifier'; readonly id: string; readonly axis: string }
  | { readonly type: 'advice'; readonly alone: boolean }
  | { readonly type: 'boilerplate' }
  | { readonly type: 'test'; readonly id: string; readonly follows: boolean }
  | { readonly type: 'urgent' }
  | { readonly type: 'boundary'; readonly hard: boolean; readonly either: boolean }
  | { readonly type: 'verb' };

/** Token positions of the sentence, `to` exclusive. */
export type Hit = { readonly from: number; readonly to: number; readonly meanings: readonly Meaning[] };

type Node = { readonly next: Map<string, Node>; readonly meanings: Meaning[] };
const node = (): Node => ({ next: new Map(), meanings: [] });

export type Lexicon = (tokens: readonly Token[]) => Hit[];

/**
 * Phrases in a tree of stems; the longest phrase at a place wins, so a sentence is read in one pass. Places of tips
 * have a tree of their own: "right lower lobe" is one for a tube and a site for everything else.
 */
export function createLexicon(
  vocabulary: Vocabulary,
  stem: Stemmer,
  tokens: (phrase: string) => Token[],
): Lexicon {
  const all = phrases(vocabulary);
  const general = tree(
    all.filter(([meaning]) => meaning.type !== 'tip'),
    tokens,
  );
  const tips = tree(
    all.filter(([meaning]) => meaning.type === 'tip'),
    tokens,
  );
  const spine = new Set(Object.keys(vocabulary.anatomy.spine).map(stem));
  return (sentence) =>
    [...longest(sentence, general, spine), ...longest(sentence, tips, new Set())].sort(
      (a, b) => a.from - b.from,
    );
}

function tree(list: readonly [Meaning, readonly string[]][], tokens: (phrase: string) => Token[]): Node {
  const root = node();
  for (const [meaning, terms] of list) {
    for (const term of terms) {
      let at = root;
      for (const token of tokens(term)) {
        const next = at.next.get(token.stem) ?? node();
        at.next.set(token.stem, next);
        at = next;
      }
      at.meanings.push(meaning);
    }
  }
  return root;
}

function longest(sentence: readonly Token[], root: Node, spine: ReadonlySet<string>): Hit[] {
  const hits: Hit[] = [];
  for (let from = 0; from < sentence.length; ) {
    let at: Node | undefined = root;
    let best: Hit | null = null;
    for (let to = from; to < sentence.length; to += 1) {
      at = at.next.get(sentence[to]?.stem ?? '');
      if (at === undefined) break;
      if (at.meanings.length > 0) best = { from, to: to + 1, meanings: at.meanings };
    }
    const word = sentence[from]?.stem ?? '';
    if (best === null && /^[a-z]\d{1,2}$/.test(word) && spine.has(word.charAt(0))) {
      best = { from, to: from + 1, meanings: [{ type: 'site', id: word, sides: [] }] };
    }
    if (best !== null) hits.push(best);
    from = best?.to ?? from + 1;
  }
  return hits;
}

function phrases({
  findings,
  anatomy,
  devices,
  normals,
  modifiers,
}: Vocabulary): [Meaning, readonly string[]][] {
  const list: [Meaning, readonly string[]][] = [];
  const add = (terms: readonly string[], meaning: Meaning) => list.push([meaning, terms]);
  for (const finding of findings.findings) {
    add(finding.terms, { type: 'finding', finding });
    for (const { structure, words } of finding.combinations) add(words, { type: 'word', structure, finding });
  }
  for (const { sides, terms } of anatomy.sides) add(terms, { type: 'side', sides });
  for (const site of anatomy.sites) {
    for (const { term, sides = [] } of site.terms) add([term], { type: 'site', id: site.id, sides });
  }
  for (const structure of anatomy.structures) {
    for (const id of structure.id.split('+')) add(structure.terms, { type: 'structure', id });
  }
  for (const device of devices.devices) {
    add(device.terms, { type: 'device', id: device.id });
    add(device.good, { type: 'tip', device: device.id, good: true });
    add(device.bad, { type: 'tip', device: device.id, good: false });
  }
  add(devices.good, { type: 'tip', device: null, good: true });
  add(devices.bad, { type: 'tip', device: null, good: false });
  add(normals.words, { type: 'normalWord' });
  for (const { covers, terms } of normals.statements) add(terms, { type: 'normal', covers });
  const { negation, certainty, change, degrees, qualifiers, advice, boundaries } = modifiers;
  for (const direction of ['forward', 'backward'] as const) {
    add(negation[direction], { type: 'negation', direction, weak: false });
    add(certainty.possible[direction], { type: 'certainty', direction, level: 1 });
    add(certainty.probable[direction], { type: 'certainty', direction, level: 2 });
  }
  add(negation.weak, { type: 'negation', direction: 'forward', weak: true });
  for (const [value, terms] of Object.entries(change))
    add(terms, { type: 'change', change: value as Change });
  DEGREES.forEach((name, index) => {
    add(degrees[name], { type: 'degree', degree: index + 1 });
  });
  for (const { id, axis, terms } of qualifiers) add(terms, { type: 'qualifier', id, axis });
  add(advice.triggers, { type: 'advice', alone: false });
  add(advice.alone, { type: 'advice', alone: true });
  add(advice.boilerplate, { type: 'boilerplate' });
  for (const { id, follows, terms } of advice.tests) add(terms, { type: 'test', id, follows });
  add(advice.urgent, { type: 'urgent' });
  add(boundaries.either, { type: 'boundary', hard: false, either: true });
  add(boundaries.soft, { type: 'boundary', hard: false, either: false });
  add(boundaries.hard, { type: 'boundary', hard: true, either: false });
  add(boundaries.verbs, { type: 'verb' });
  return list;
}
