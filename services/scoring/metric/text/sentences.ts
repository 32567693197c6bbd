import type { Vocabulary } from '../vocabulary.js';
import type { Part, SectionSplitter } from './sections.js';
import { type Stemmer, type Token, tokenise } from './tokens.js';

export type Sentence = {
  readonly section: string;
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly Token[];
  /** Equal for sentences that differ in case, spelling, plural, punctuation and filler words alone. */
  readonly key: string;
};

/** A line shorter than this that is followed by a capital was ended on purpose, not wrapped. */
const WRAPPED_LINE = 60;
/** Nobody writes longer ones; text without full stops is cut here, so that the work for a sentence is bounded. */
const LONGEST = 600;
const BULLET = /^[ \t]*(?:\d{1,2}[.)](?=\s)|[-*•–·>]+(?=\s))[ \t]*/;

export function createSentenceSplitter(
  split: SectionSplitter,
  report: Vocabulary['report'],
  stopWords: readonly string[],
  stem: Stemmer,
): (text: string) => Sentence[] {
  const abbreviations = new Set(report.abbreviations);
  const stop = new Set(stopWords.map(stem));
  return (text) =>
    split(text).flatMap((part) =>
      pieces(text, part, abbreviations).flatMap(({ start, end }) => {
        const tokens = tokenise(text, start, end, stem);
        const words = tokens.map((token) => token.stem).filter((w) => /[\p{L}\d]/u.test(w) && !stop.has(w));
        if (words.length === 0) return [];
        return [{ section: part.section, start, end, tokens, key: words.join(' ') }];
      }),
    );
}

function pieces(text: string, part: Part, abbreviations: ReadonlySet<string>) {
  const found: { start: number; end: number }[] = [];
  let from = part.start;
  const cut = (to: number) => {
    const raw = text.slice(from, to);
    const bullet = BULLET.exec(raw.trimStart())?.[0].length ?? 0;
    const start = from + (raw.length - raw.trimStart().length) + bullet;
    const end = from + raw.trimEnd().length;
    if (end > start) found.push({ start, end });
    from = to;
  };
  let lineStart = part.start;
  for (let at = part.start; at < part.end; at += 1) {
    const char = text[at];
    if (char === '\n' || char === '\r') {
      if (at - from > LONGEST || endsLine(text, lineStart, at, part.end)) cut(at);
      lineStart = at + 1;
    } else if ((char === '.' || char === '!' || char === '?') && endsSentence(text, at, abbreviations)) {
      cut(at + 1);
    } else if (char === ';' || (char === ' ' && at - from > LONGEST)) {
      cut(at + 1);
    }
  }
  cut(part.end);
  return found;
}

function endsLine(text: string, lineStart: number, at: number, end: number): boolean {
  const next = text.slice(at + 1, Math.min(end, at + 80));
  if (/^[\r]?\n|^[ \t]*\r?\n|^\s*$/.test(next) || BULLET.test(next)) return true;
  if (/[.:;!?]\s*$/.test(text.slice(Math.max(lineStart, at - 3), at))) return true;
  return at - lineStart < WRAPPED_LINE && /^[ \t]*\p{Lu}/u.test(next);
}

/** A full stop ends a sentence unless it stands in a number, after an abbreviation or a list number. */
function endsSentence(text: string, at: number, abbreviations: ReadonlySet<string>): boolean {
  const next = text[at + 1];
  if (next !== undefined && !/\s/.test(next)) return false;
  if (text[at] !== '.') return true;
  const word = /[\p{L}\d.]+$/u.exec(text.slice(Math.max(0, at - 12), at))?.[0].toLowerCase() ?? '';
  if (/^\d{1,2}$/.test(word) && /(?:^|[\n.:;])\s*\d{1,2}$/.test(text.slice(Math.max(0, at - 8), at)))
    return false;
  const following = /^\s*(\p{L}|\d)/u.exec(text.slice(at + 1, at + 8))?.[1] ?? 'A';
  return !(abbreviations.has(word) && (word.length < 3 || /[\p{Ll}\d]/u.test(following)));
}
