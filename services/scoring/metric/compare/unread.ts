import { cell } from '../judge/tier.js';
import type { Lexicon } from '../lexicon.js';
import { means } from '../read/segments.js';
import type { Sentence } from '../text/sentences.js';
import type { SignificanceTable } from '../vocabulary.js';
import { type Difference, other, type SideName } from './difference.js';
import type { Facts } from './facts.js';

/** Share of a sentence's words that must stand in the other report for it to count as said there. */
const COVERED = 0.8;
/** Share of common words from which two sentences are two versions of one. */
const ALIGNED = 0.6;
/** A word in more sentences than this tells nothing about which sentence is meant; keeps the work linear. */
const COMMON = 32;

type Words = { readonly sentence: Sentence; readonly words: ReadonlySet<string>; readonly turn: string };
export type UnreadTools = { readonly lexicon: Lexicon; readonly table: SignificanceTable };

/**
 * Sentences outside the vocabulary are never passed over in silence. Where one has a near twin with the opposite
 * polarity, side or number, that is a difference of low confidence; where its words are missing on the other side, a
 * minor one of very low confidence. Dropped negatives and normals stay harmless.
 */
export function compareUnread(
  draft: Facts,
  final: Facts,
  all: Readonly<Record<SideName, readonly Sentence[]>>,
  tools: UnreadTools,
): Difference[] {
  const sides = { draft: draft.unread, final: final.unread };
  if (draft.unread.length + final.unread.length === 0) return [];
  return (['final', 'draft'] as const).flatMap((side) => {
    const twins = index(all[other(side)], tools);
    const bag = new Set(all[other(side)].flatMap((s) => s.key.split(' ')));
    return sides[side]
      .flatMap((sentence) => judge(describe(sentence, tools), side, twins, bag, tools))
      .slice(0, tools.table.limits.unread);
  });
}

/** Content words apart from those that turn the meaning, and those in one string. */
function describe(sentence: Sentence, { lexicon }: UnreadTools): Words {
  const hits = lexicon(sentence.tokens);
  const turning = [...means(hits, 'negation'), ...means(hits, 'side'), ...means(hits, 'normalWord')];
  const at = new Set(
    turning.flatMap(({ hit }) => Array.from({ length: hit.to - hit.from }, (_, i) => hit.from + i)),
  );
  const stems = sentence.tokens.map((token) => token.stem);
  const negated = means(hits, 'negation').length > 0 ? 'denied' : 'affirmed';
  const normal = means(hits, 'normalWord').length > 0 ? 'normal' : '';
  const sides = [...new Set(means(hits, 'side').flatMap(({ meaning }) => meaning.sides))].sort().join('+');
  const kept = new Set(sentence.key.split(' '));
  const words = new Set(stems.filter((stem, i) => kept.has(stem) && !at.has(i) && !/^\d/.test(stem)));
  return { sentence, words, turn: [negated, normal, sides].join('|') };
}

function index(sentences: readonly Sentence[], tools: UnreadTools): Map<string, Words[]> {
  const byWord = new Map<string, Words[]>();
  for (const sentence of sentences) {
    const described = describe(sentence, tools);
    for (const word of described.words) {
      const list = byWord.get(word) ?? [];
      if (list.length <= COMMON) list.push(described);
      byWord.set(word, list);
    }
  }
  return byWord;
}

function twinOf(own: Words, byWord: ReadonlyMap<string, readonly Words[]>): Words | null {
  const common = new Map<Words, number>();
  for (const word of own.words) {
    const list = byWord.get(word) ?? [];
    if (list.length > COMMON) continue;
    for (const candidate of list) common.set(candidate, (common.get(candidate) ?? 0) + 1);
  }
  let best: Words | null = null;
  let bestShare = ALIGNED;
  for (const [candidate, shared] of common) {
    const share = shared / (own.words.size + candidate.words.size - shared);
    if (share >= bestShare) [best, bestShare] = [candidate, share];
  }
  return best;
}

function judge(
  own: Words,
  side: SideName,
  twins: ReadonlyMap<string, readonly Words[]>,
  bag: ReadonlySet<string>,
  { table }: UnreadTools,
): Difference[] {
  const twin = twinOf(own, twins);
  const [negated, normal, sides] = own.turn.split('|');
  const at = (sentence: Sentence) => [{ start: sentence.start, end: sentence.end }];
  if (twin !== null) {
    const [theirNegated, theirNormal, theirSides] = twin.turn.split('|');
    const opposite = sides !== '' && theirSides !== '' && sides !== theirSides;
    if (negated === theirNegated && normal === theirNormal && !opposite) return [];
    return [
      {
        aspect: opposite ? 'laterality' : 'finding',
        kind: 'inaccuracy',
        tier: cell(table, 'unread', 'opposed', 'actionable'),
        confidence: 'unreadOpposed',
        draft: at(side === 'draft' ? own.sentence : twin.sentence),
        final: at(side === 'final' ? own.sentence : twin.sentence),
        topic: `unread ${Math.min(own.sentence.start, twin.sentence.start)}`,
        explanation: opposite
          ? 'Draft and final name opposite sides in otherwise like sentences.'
          : 'One report affirms what the other denies in otherwise like sentences.',
      },
    ];
  }
  const words = own.sentence.key.split(' ');
  const covered = words.filter((word) => bag.has(word)).length / words.length;
  if (covered >= COVERED || negated === 'denied' || normal === 'normal') return [];
  return [
    {
      aspect: 'finding',
      kind: side === 'final' ? 'omission' : 'fabrication',
      tier: cell(table, 'unread', 'difference', 'minor'),
      confidence: 'unread',
      draft: side === 'draft' ? at(own.sentence) : [],
      final: side === 'final' ? at(own.sentence) : [],
      topic: `unread ${side} ${own.sentence.start}`,
      explanation: `Only the ${side} says this; it lies outside the vocabulary, so its weight could not be judged.`,
    },
  ];
}
