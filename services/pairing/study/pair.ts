import type { Generator, PairSide, ProcessingId } from '../../../contracts/index.js';
import { joinTexts, type PairRecord } from '../../ledger/index.js';
import { deterministicId } from '../../platform/index.js';
import { clockFor, type Known } from './known.js';
import { squeezed } from './text.js';
import type { Truth } from './truth.js';

/** A pair whose study has no id yet, and its two texts. */
export type StudyPair = {
  readonly record: Omit<PairRecord, 'studyId'>;
  readonly draftText: Pick<PairSide, 'text' | 'sections'>;
  readonly finalText: Pick<PairSide, 'text' | 'sections'>;
};

export function pairId(draft: string, truth: readonly string[]): string {
  return deterministicId('pair', draft, ...truth);
}

/** The one that may alert least. */
function weakest(ids: readonly ProcessingId[]): ProcessingId {
  return ids.includes('D') ? 'D' : ids.includes('T') ? 'T' : 'P';
}

function flagsOf(draft: Known, truth: Truth, study: readonly string[]): string[] {
  const versions = [draft, ...truth.versions];
  const own = [
    clockFor(draft.first, truth.signedBy.first),
    ...(draft.receivedAt > truth.signedBy.receivedAt ? ['late_draft'] : []),
    ...(truth.promoted ? ['promoted'] : []),
    ...(truth.kind === 'preliminary' ? ['preliminary_truth'] : []),
  ];
  return [...new Set([...versions.flatMap((v) => v.version.flags), ...study, ...own])].sort();
}

function generatorOf(draft: Known): Generator {
  const { generator } = draft.version.source;
  if (generator === null) throw new TypeError('a draft without a generator is never chosen');
  return generator;
}

/** The pair of a draft and a truth, the same whatever came first. */
export function describePair(draft: Known, truth: Truth, studyFlags: readonly string[]): StudyPair {
  const versions = [draft, ...truth.versions];
  const base = truth.versions.find((v) => v.id !== draft.id) ?? truth.versions[0] ?? draft;
  const lastWritten = truth.versions.at(-1) ?? base;
  const byPublication = versions.toSorted((a, b) => a.publishedAt - b.publishedAt || (a.id < b.id ? -1 : 1));
  const first = <T>(pick: (v: Known) => T | null) =>
    [...truth.versions, draft].map(pick).find((value) => value !== null) ?? null;
  const draftText = joinTexts([draft.version]);
  const finalText = joinTexts(truth.versions.map((v) => v.version));
  const ids = truth.versions.map((v) => v.id);
  return {
    record: {
      id: pairId(draft.id, ids),
      site: base.version.site,
      generator: generatorOf(draft),
      exam: {
        modality: first((v) => v.version.exam.modality),
        code: first((v) => v.version.exam.code),
        description: first((v) => v.version.exam.description),
      },
      context: {
        age: first((v) => v.version.context.age),
        sex: first((v) => v.version.context.sex),
        indication: first((v) => v.version.context.indication),
      },
      draft: { versions: [draft.id], role: 'draft', at: new Date(draft.first.clock).toISOString() },
      final: {
        versions: ids,
        role: truth.promoted ? truth.signedBy.version.role : base.version.role,
        at: new Date(lastWritten.first.clock).toISOString(),
      },
      unedited: squeezed(draftText.text) === squeezed(finalText.text),
      processing: weakest(versions.map((v) => v.version.processing)),
      completedAt: new Date(Math.max(...versions.map((v) => v.receivedAt))).toISOString(),
      quiet: byPublication.at(-1)?.quiet ?? false,
      flags: flagsOf(draft, truth, studyFlags),
    },
    draftText,
    finalText,
  };
}
