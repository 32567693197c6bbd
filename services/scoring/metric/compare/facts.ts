import { groupBy } from '../group.js';
import type { Reader } from '../read/reader.js';
import type { Advice, Normal, Reading, Statement } from '../read/statement.js';
import type { Sentence } from '../text/sentences.js';

/** All that one side says. */
export type Facts = {
  readonly findings: ReadonlyMap<string, readonly Statement[]>;
  readonly devices: ReadonlyMap<string, readonly Statement[]>;
  readonly normals: readonly Normal[];
  readonly advice: readonly Advice[];
  /** Sentences in which nothing was understood. */
  readonly unread: readonly Sentence[];
};

const signature = ({ places: _places, settled: _settled, ...said }: Statement) => JSON.stringify(said);

/**
 * Reads the clinical sentences of both sides. A sentence both sides have is read once and is settled; what is
 * repeated within a side becomes one statement with several places, so that long texts do not multiply the work.
 */
export function readBoth(
  draft: readonly Sentence[],
  final: readonly Sentence[],
  read: Reader,
  spans: number,
): readonly [Facts, Facts] {
  const cache = new Map<string, Reading>();
  const keys = [draft, final].map((side) => new Set(side.map((sentence) => sentence.key))) as [
    Set<string>,
    Set<string>,
  ];
  return [factsOf(draft, keys[1], read, cache, spans), factsOf(final, keys[0], read, cache, spans)];
}

function factsOf(
  sentences: readonly Sentence[],
  other: ReadonlySet<string>,
  read: Reader,
  cache: Map<string, Reading>,
  spans: number,
): Facts {
  const merged = new Map<string, Statement>();
  const normals = new Map<string, Normal>();
  const advice: Advice[] = [];
  const unread: Sentence[] = [];
  for (const sentence of sentences) {
    const place = { start: sentence.start, end: sentence.end };
    const literal = sentence.tokens.map((token) => token.stem).join(' ');
    const reading = cache.get(literal) ?? read(sentence);
    cache.set(literal, reading);
    const settled = other.has(sentence.key);
    for (const statement of reading.statements) {
      const key = signature(statement);
      const known = merged.get(key);
      const places = known === undefined ? [place] : [...known.places.slice(0, spans - 1), place];
      merged.set(key, { ...statement, places, settled: settled || (known?.settled ?? false) });
    }
    for (const normal of reading.normals) {
      const key = `${normal.covers.join()}|${normal.sides.join()}`;
      if (!normals.has(key)) normals.set(key, { ...normal, place });
    }
    if (advice.length < spans) advice.push(...reading.advice.map((a) => ({ ...a, place, settled })));
    if (!reading.read && !settled) unread.push(sentence);
  }
  const bySubject = (subject: Statement['subject']) =>
    groupBy(
      [...merged.values()].filter((statement) => statement.subject === subject),
      (statement) => statement.concept,
    );
  return {
    findings: bySubject('finding'),
    devices: bySubject('device'),
    normals: [...normals.values()],
    advice,
    unread,
  };
}
