import type { Vocabulary } from '../vocabulary.js';

/** `start` and `end` are UTF-16 code units into the whole text; `stem` is what is compared. */
export type Token = { readonly start: number; readonly end: number; readonly stem: string };

const TOKEN = /[ctl]\d{1,2}\b|\d+(?:[.,]\d{1,2})?(?:st|nd|rd|th)?|\p{L}+(?:'\p{L}{1,2}\b)?|[^\s\p{L}\d]/giu;
const ARTICLES = new Set(['the', 'a', 'an']);

export type Stemmer = (word: string) => string;

/** Folds case, British spelling, plurals and number words, so that ways to write one word become one stem. */
export function createStemmer({ spelling, numerals }: Vocabulary['report']): Stemmer {
  return (word) => {
    let stem = word.toLowerCase();
    for (const [from, to] of spelling) if (stem.includes(from)) stem = stem.replace(from, to);
    return singular(numerals[stem] ?? stem);
  };
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** Words, numbers and punctuation of `text.slice(start, end)`; articles are left out, they carry nothing. */
export function tokenise(text: string, start: number, end: number, stem: Stemmer): Token[] {
  const tokens: Token[] = [];
  for (const match of text.slice(start, end).matchAll(TOKEN)) {
    const word = match[0];
    if (word === '-' || ARTICLES.has(word.toLowerCase())) continue;
    const at = start + match.index;
    tokens.push({ start: at, end: at + word.length, stem: stem(word) });
  }
  return tokens;
}
