import fc from 'fast-check';
import type { Alias, ReportVersion } from '../../contracts/index.js';
import type { IncomingEvent } from '../../services/platform/index.js';
import { correctionEvent, mergeEvent, reportEvent } from './pairing.js';
import { accession, GENERATOR, minute, reportVersion, studyUid } from './report-versions.js';

/** What happens to one made-up study; minutes are relative to its own start. */
export type Story = {
  readonly number: number;
  readonly events: readonly IncomingEvent[];
};

const OTHER = { name: 'Otherdraft', version: '2' } as const;

/** Which of its aliases a message carries. Every study keeps at least one message that carries them all. */
const CARRIED = ['all', 'accession', 'uid', 'filler'] as const;

const step = fc.record({
  what: fc.constantFrom(
    'draft',
    'other_draft',
    'preliminary',
    'final',
    'status_only',
    'corrected',
    'addendum',
    'withdrawn',
    'draft_withdrawn',
    'resend',
    'unknown',
    'two_accessions',
    'reprocessed',
    'reused',
  ),
  at: fc.integer({ min: 0, max: 30 }),
  words: fc.integer({ min: 0, max: 4 }),
  carried: fc.constantFrom(...CARRIED),
  delay: fc.integer({ min: 0, max: 50 }),
  sourceKnown: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
  patient: fc.constantFrom('none', 'own', 'own', 'own', 'retired', 'stranger'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const REUSE_MINUTES = 2 * 365 * 24 * 60;

function aliasesOf(number: number, carried: Step['carried']): Alias[] {
  const all = {
    accession: accession(`A${number}`),
    uid: studyUid(`1.2.${number}`),
    filler: { kind: 'filler' as const, site: 'north', value: `F${number}` },
  };
  return carried === 'all' ? Object.values(all) : [all[carried]];
}

function toVersion(
  number: number,
  { what, at, words, carried, delay, sourceKnown, patient }: Step,
): ReportVersion {
  const text = `Study ${number} words ${words}.`;
  const common = {
    written: sourceKnown ? at : null,
    received: at + delay,
    aliases: aliasesOf(number, carried),
    patients: patient === 'none' ? [] : [`${patient}-${number}`],
  };
  const make = {
    draft: () => reportVersion('draft', text, common),
    resend: () => reportVersion('draft', text, { ...common, received: at + delay + 7 }),
    other_draft: () => reportVersion('draft', text, { ...common, source: { generator: OTHER } }),
    preliminary: () => reportVersion('preliminary', text, common),
    final: () => reportVersion('final', text, common),
    status_only: () => reportVersion('final', null, { ...common, source: { kind: 'unknown' } }),
    corrected: () => reportVersion('corrected', text, common),
    addendum: () => reportVersion('addendum', text, common),
    withdrawn: () => reportVersion('withdrawn', null, common),
    draft_withdrawn: () =>
      reportVersion('withdrawn', null, { ...common, source: { kind: 'ai', generator: GENERATOR } }),
    unknown: () => reportVersion('final', text, { ...common, source: { kind: 'unknown' } }),
    two_accessions: () =>
      reportVersion('final', text, {
        ...common,
        aliases: [accession(`A${number}`), accession(`A${number + 1}`)],
      }),
    reprocessed: () =>
      reportVersion('final', `${text} Read anew.`, {
        ...common,
        normaliser: 'n2',
        messageId: `anew-${number}-${words}`,
      }),
    reused: () =>
      reportVersion('final', text, {
        ...common,
        written: at + REUSE_MINUTES,
        received: at + REUSE_MINUTES + delay,
      }),
  } satisfies Record<Step['what'], () => ReportVersion>;
  return make[what]();
}

function toEvents(number: number, one: Step): IncomingEvent[] {
  const version = toVersion(number, one);
  if (one.what !== 'reprocessed') return [reportEvent(version)];
  // The same message as an older revision of the normaliser read it, at another time of the bus.
  const before = reportVersion('final', `Study ${number} words ${one.words}. Misread.`, {
    ...version,
    written: one.sourceKnown ? one.at : null,
    received: one.at + one.delay,
    normaliser: 'n1',
    source: version.source,
  });
  return [reportEvent(before), reportEvent(version, { quiet: true, at: minute(9000) })];
}

/** A study's events; most stories hold a draft and a final, so that pairs are there to be disturbed. */
export function story(number: number): fc.Arbitrary<Story> {
  const usual = fc.tuple(
    step.map((s): Step => ({ ...s, what: 'draft', patient: 'own' })),
    step.map((s): Step => ({ ...s, what: 'final', at: s.at + 5, carried: 'all', patient: 'own' })),
  );
  return fc
    .tuple(usual, fc.array(step, { minLength: 1, maxLength: 6 }), fc.boolean(), fc.boolean())
    .map(([both, more, merged, corrected]) => ({
      number,
      events: [
        ...[...both, ...more].flatMap((s) => toEvents(number, s)),
        ...(merged ? [mergeEvent(`retired-${number}`, `own-${number}`, minute(50))] : []),
        ...(corrected ? [correctionEvent(accession(`A${number}`), accession(`B${number}`), minute(60))] : []),
      ],
    }));
}

export function hospital(studies: number): fc.Arbitrary<readonly Story[]> {
  return fc.tuple(...Array.from({ length: studies }, (_, n) => story(n * 10)));
}

/** A permutation that a seed decides. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let i = result.length - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    const [a, b] = [result[i], result[j]];
    if (a !== undefined && b !== undefined) [result[i], result[j]] = [b, a];
  }
  return result;
}
