import type { MetricInput, UnscorableReason } from '../../../../contracts/index.js';
import type { Lexicon } from '../lexicon.js';
import { isHead } from '../read/segments.js';
import type { Stemmer, Token } from '../text/tokens.js';
import type { Vocabulary } from '../vocabulary.js';

export type GateDeps = {
  readonly gate: Vocabulary['gate'];
  readonly lexicon: Lexicon;
  readonly stem: Stemmer;
  readonly tokens: (text: string) => Token[];
  readonly maxCharacters: number;
};

const PLACEHOLDER = /_{3,}|\*{3,}|\{\{[^}]{0,60}\}\}|\[[^\]\n]{0,60}\]|<[a-z][a-z ]{0,40}>/gi;
/** Blanks are common in real reports (removed names and dates); a template is where they outweigh the words. */
const WORDS_FOR_EACH_BLANK = 12;
/** How much of a text a language, and another region, must have before it is called so. */
const FOREIGN_WORDS = 3;
const REGION_WORDS = 2;
/** A refusal is short; the same words in a long report are a quotation. */
const REFUSAL_CHARACTERS = 1500;
/** Language and region show in the beginning; reading more would cost time for nothing. */
const HEAD_CHARACTERS = 4000;

/** Why a pair cannot be scored, or null: each reason with the check that finds it, cheapest first. */
export function createGate(deps: GateDeps): (input: MetricInput) => UnscorableReason | null {
  const { gate, maxCharacters, tokens, stem } = deps;
  const set = (terms: readonly string[]) => new Set(terms.map(stem));
  const cues = set(gate.cues);
  const english = new Set(gate.english);
  const foreign = new Set(gate.foreign.filter((word) => !english.has(word)));
  const regions = Object.entries(gate.regions).map(([name, terms]) => ({ name, words: set(terms) }));

  const perText: readonly [UnscorableReason, (text: string) => boolean][] = [
    ['empty_text', (text) => text.trim() === ''],
    ['too_long', (text) => text.length > maxCharacters],
    ['generator_refusal', (text) => text.length < REFUSAL_CHARACTERS && includesAny(text, gate.refusals)],
    ['unfilled_template', isTemplate],
    ['unsupported_language', (text) => isForeign(text, english, foreign)],
    ['not_a_report', (text) => isNoReport(text, deps, cues)],
  ];

  return ({ draft, final }) => {
    for (const [reason, holds] of perText) if (holds(draft) || holds(final)) return reason;
    const counted = [draft, final].map((text) => {
      const stems = tokens(text.slice(0, HEAD_CHARACTERS)).map((token) => token.stem);
      return new Map(regions.map(({ name, words }) => [name, stems.filter((s) => words.has(s)).length]));
    });
    return differentRegions(counted[0] ?? new Map(), counted[1] ?? new Map())
      ? 'different_examination'
      : null;
  };
}

const includesAny = (text: string, terms: readonly string[]) => {
  const lower = text.toLowerCase().replaceAll('’', "'");
  return terms.some((term) => lower.includes(term));
};

function isTemplate(text: string): boolean {
  const blanks = text.match(PLACEHOLDER)?.length ?? 0;
  const words = text.replace(PLACEHOLDER, ' ').match(/\p{L}+/gu)?.length ?? 0;
  return blanks > 0 && words < blanks * WORDS_FOR_EACH_BLANK;
}

function isForeign(text: string, english: ReadonlySet<string>, foreign: ReadonlySet<string>): boolean {
  const head = text.slice(0, HEAD_CHARACTERS).toLowerCase();
  const words = head.match(/\p{L}+/gu) ?? [];
  const latin = head.match(/\p{Script=Latin}/gu)?.length ?? 0;
  const letters = head.match(/\p{L}/gu)?.length ?? 0;
  if (letters > 0 && latin / letters < 0.7) return true;
  const count = (set: ReadonlySet<string>) => words.filter((word) => set.has(word)).length;
  const others = count(foreign);
  return others >= FOREIGN_WORDS && others > count(english);
}

function isNoReport(text: string, { gate, lexicon, tokens }: GateDeps, cues: ReadonlySet<string>): boolean {
  if (text.length < 200 && includesAny(text, gate.placeholders)) return true;
  const head = tokens(text.slice(0, HEAD_CHARACTERS));
  return !head.some((token) => cues.has(token.stem)) && !lexicon(head).some(isHead);
}

/** Both texts speak clearly of a region of the body, and neither speaks of the other's at all. */
function differentRegions(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  const top = (counts: ReadonlyMap<string, number>) =>
    [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0] as [string, number]);
  const [regionA, countA] = top(a);
  const [regionB, countB] = top(b);
  if (countA < REGION_WORDS || countB < REGION_WORDS) return false;
  return (a.get(regionB) ?? 0) === 0 && (b.get(regionA) ?? 0) === 0;
}
