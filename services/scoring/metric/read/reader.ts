import type { Hit, Lexicon } from '../lexicon.js';
import type { Sentence } from '../text/sentences.js';
import type { Side, Vocabulary } from '../vocabulary.js';
import { readAdvice } from './advice.js';
import { measures } from './measures.js';
import { type Polarity, polarities } from './polarity.js';
import { isHead, means, type Segment, segments } from './segments.js';
import type { Normal, Place, Reading, Statement } from './statement.js';

export type Reader = (sentence: Sentence) => Reading;

const AFFIRMED: Polarity = { negated: false, weak: false, certainty: 3 };

/** Turns one sentence into what it says. A pure function of the sentence: equal sentences read equal. */
export function createReader(vocabulary: Vocabulary, lexicon: Lexicon): Reader {
  const carina = new Map(vocabulary.devices.devices.map((device) => [device.id, device.aboveCarinaMm]));
  const units = vocabulary.modifiers.advice.unitsInDays;
  return (sentence) => {
    const hits = lexicon(sentence.tokens);
    const parts = segments(sentence.tokens, hits);
    const place = { start: sentence.start, end: sentence.end };
    const advice = readAdvice(sentence.tokens, hits, parts, place, units);
    const limit = advice?.from ?? Number.POSITIVE_INFINITY;
    const polarity = polarities(parts);
    const sizes = measures(sentence.tokens);
    const statements: Statement[] = [];
    const normals: Normal[] = [];
    for (const segment of parts) {
      const inside = segment.hits.filter((hit) => hit.from < limit);
      const scope = { segment: { ...segment, hits: inside }, sentence, sizes, polarity, place };
      const subjects = subjectsOf(inside, parts, segment);
      for (const subject of subjects) statements.push(statementOf(subject, scope, carina));
      normals.push(...normalsOf(scope, subjects.length > 0, hits, parts.length));
    }
    return {
      statements,
      normals,
      advice: advice === null ? [] : [advice.advice],
      read: statements.length > 0 || normals.length > 0 || advice !== null,
    };
  };
}

type Subject = Pick<Statement, 'subject' | 'concept'> & { readonly hit: Hit };

function subjectsOf(inside: readonly Hit[], all: readonly Segment[], segment: Segment): Subject[] {
  const findings = means(inside, 'finding').map(
    ({ hit, meaning }): Subject => ({ subject: 'finding', concept: meaning.finding.id, hit }),
  );
  const devices = means(inside, 'device').map(
    ({ hit, meaning }): Subject => ({ subject: 'device', concept: meaning.id, hit }),
  );
  const before = all.slice(0, all.indexOf(segment));
  const structures = new Set(
    means([...before.flatMap((s) => s.hits), ...inside], 'structure').map(({ meaning }) => meaning.id),
  );
  const combined = means(inside, 'word')
    .filter(({ meaning }) => structures.has(meaning.structure))
    .map(({ hit, meaning }): Subject => ({ subject: 'finding', concept: meaning.finding.id, hit }));
  const named = new Set([...findings, ...devices].map((s) => s.concept));
  return [...findings, ...devices, ...combined.filter((s) => !named.has(s.concept))];
}

type Scope = {
  readonly segment: Segment;
  readonly sentence: Sentence;
  readonly sizes: ReturnType<typeof measures>;
  readonly polarity: ReadonlyMap<Hit, Polarity>;
  readonly place: Place;
};

function statementOf(
  { subject, concept, hit }: Subject,
  { segment, sizes, polarity, place }: Scope,
  carina: ReadonlyMap<string, readonly [number, number] | undefined>,
): Statement {
  const { hits } = segment;
  const own = polarity.get(hit) ?? AFFIRMED;
  const inside = sizes.filter((size) => size.from >= segment.from && size.from < segment.to);
  const degrees = means(hits, 'degree').map(({ meaning }) => meaning.degree);
  const degree = degrees.length > 0 ? Math.max(...degrees) : null;
  const changes = means(hits, 'change').map(({ meaning }) => meaning.change);
  const resolved = changes.includes('resolved');
  return {
    subject,
    concept,
    present: !own.negated && !resolved,
    weak: own.weak || (own.negated && degree !== null && degree > 2),
    certainty: own.certainty,
    sides: subject === 'device' ? sidesOf(hits.filter(outsideTip(hits))) : sidesOf(hits),
    sites: [...new Set(means(hits, 'site').map(({ meaning }) => meaning.id))].sort(),
    degree,
    sizesMm: inside.filter((size) => !size.aboveCarina).map((size) => size.mm),
    change: resolved ? 'resolved' : (changes[0] ?? null),
    qualifiers: [...new Set(means(hits, 'qualifier').map(({ meaning }) => meaning.id))].sort(),
    tip:
      subject === 'device'
        ? tipOf(concept, hits, inside.find((size) => size.aboveCarina)?.mm, carina.get(concept))
        : null,
    places: [place],
    settled: false,
  };
}

/** "Left PICC, tip in the right atrium" lies on the left. */
const outsideTip = (hits: readonly Hit[]) => {
  const tips = means(hits, 'tip').map(({ hit }) => hit);
  return (hit: Hit) => !tips.some((tip) => hit.from >= tip.from && hit.to <= tip.to);
};

/** Both sides of "right lower lobe and left base"; none where nothing is said. */
function sidesOf(hits: readonly Hit[]): Side[] {
  const sides = [...means(hits, 'side'), ...means(hits, 'site')].flatMap(({ meaning }) => meaning.sides);
  return [...new Set(sides)].sort();
}

function tipOf(
  device: string,
  hits: readonly Hit[],
  aboveCarinaMm: number | undefined,
  safe: readonly [number, number] | undefined,
): 'good' | 'bad' | null {
  const tips = means(hits, 'tip').filter(
    ({ meaning }) => meaning.device === null || meaning.device === device,
  );
  if (tips.some(({ meaning }) => !meaning.good)) return 'bad';
  if (aboveCarinaMm !== undefined && safe !== undefined) {
    return aboveCarinaMm >= safe[0] && aboveCarinaMm <= safe[1] ? 'good' : 'bad';
  }
  return tips.length > 0 ? 'good' : null;
}

function normalsOf(scope: Scope, hasSubjects: boolean, all: readonly Hit[], parts: number): Normal[] {
  const { segment, place, polarity } = scope;
  const general = means(segment.hits, 'normal').map(
    ({ meaning }): Normal => ({ covers: meaning.covers, sides: [], place }),
  );
  const words = means(segment.hits, 'normalWord');
  const affirmed = words.some(({ hit }) => !(polarity.get(hit)?.negated ?? false) || hit.to - hit.from > 1);
  if (!affirmed || hasSubjects) return general;
  const structures = [...new Set(means(segment.hits, 'structure').map(({ meaning }) => meaning.id))];
  const alone =
    structures.length === 0 &&
    parts === 1 &&
    !all.some((hit) => isHead(hit) && !words.some((w) => w.hit === hit));
  if (structures.length > 0) general.push({ covers: structures, sides: sidesOf(segment.hits), place });
  else if (alone) general.push({ covers: ['all'], sides: [], place });
  return general;
}
