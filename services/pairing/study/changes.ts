import { isDeepStrictEqual } from 'node:util';
import type { Pair } from '../../../contracts/index.js';
import type { PairRecord, StoredPair } from '../../ledger/index.js';
import type { Known } from './known.js';
import type { StudyPair } from './pair.js';
import type { Picture } from './picture.js';

/** A study with its id, its versions and what they amount to. */
export type PicturedStudy = {
  readonly id: string;
  readonly versions: readonly Known[];
  readonly picture: Picture;
};

/** Why a pair is where it is; `reason` of a pair-state event. */
export const REASONS = {
  paired: 'both sides are here',
  paired_again: 'what had taken it away is gone',
  study_merged: 'its study turned out to be another one',
  newer_draft: 'the generator wrote another draft before signing',
  new_truth: 'a final, correction or addendum changed the truth',
  reprocessed: 'a new revision of the normaliser reads a side differently',
  report_withdrawn: 'the report was withdrawn',
  draft_withdrawn: 'the draft was withdrawn',
  draft_after_signing: 'the draft turned out to be written after signing',
  other_study: 'a side belongs to another study',
} as const satisfies Record<string, string>;
export type Reason = keyof typeof REASONS;

/** `ready` is scored; `told` changes for those who read pair states; `kept` changes only what the ledger shows. */
export type PairChange =
  | { readonly kind: 'ready'; readonly stored: StoredPair; readonly pair: Pair }
  | { readonly kind: 'told' | 'kept'; readonly stored: StoredPair };

function wanted(
  studies: readonly PicturedStudy[],
): ReadonlyMap<string, { record: PairRecord; own: StudyPair }> {
  const pairs = new Map<string, { record: PairRecord; own: StudyPair }>();
  for (const study of studies) {
    for (const own of study.picture.pairs) {
      // A report and a draft that both span two studies are one pair, kept by the first.
      if (pairs.has(own.record.id)) continue;
      pairs.set(own.record.id, { record: { ...own.record, studyId: study.id }, own });
    }
  }
  return pairs;
}

function becameActive(
  id: string,
  want: { record: PairRecord; own: StudyPair },
  before: StoredPair | undefined,
): PairChange {
  const { record, own } = want;
  const reason: Reason = before === undefined ? 'paired' : 'paired_again';
  const revision = (before?.revision ?? 0) + 1;
  return {
    kind: 'ready',
    stored: { record, status: 'active', reason, supersededBy: null, revision },
    pair: {
      ...record,
      id,
      draft: { ...record.draft, ...own.draftText },
      final: { ...record.final, ...own.finalText },
    },
  };
}

function ended(before: StoredPair, studies: readonly PicturedStudy[]): StoredPair {
  const { record } = before;
  const [draft] = record.draft.versions;
  const home = studies.find((s) => s.versions.some((v) => v.id === draft));
  const sides = [...record.draft.versions, ...record.final.versions];
  const known = (home?.versions ?? []).filter((v) => sides.includes(v.id));
  const successor = home?.picture.pairs.find((p) => isDeepStrictEqual(p.record.generator, record.generator));
  const reason = ((): Reason => {
    if (known.some((v) => !v.live)) return 'reprocessed';
    if (successor !== undefined) {
      return successor.record.draft.versions[0] === draft ? 'new_truth' : 'newer_draft';
    }
    const states = home?.picture.states;
    if (draft !== undefined && states?.get(draft) === 'withdrawn') return 'draft_withdrawn';
    if (record.final.versions.some((id) => states?.get(id) === 'withdrawn')) return 'report_withdrawn';
    return home?.picture.truth == null ? 'other_study' : 'draft_after_signing';
  })();
  return {
    record: home === undefined ? record : { ...record, studyId: home.id },
    status: successor === undefined ? 'withdrawn' : 'superseded',
    reason,
    supersededBy: successor?.record.id ?? null,
    revision: before.revision + 1,
  };
}

function changeOf(
  before: StoredPair,
  want: { record: PairRecord; own: StudyPair } | undefined,
  studies: readonly PicturedStudy[],
  mergedInto: ReadonlyMap<string, string>,
): PairChange | null {
  if (want === undefined) {
    if (before.status === 'active') return { kind: 'told', stored: ended(before, studies) };
    const studyId = mergedInto.get(before.record.studyId);
    if (studyId === undefined) return null;
    return { kind: 'kept', stored: { ...before, record: { ...before.record, studyId } } };
  }
  const { record } = want;
  if (before.status !== 'active') return becameActive(record.id, want, before);
  if (before.record.studyId !== record.studyId) {
    return {
      kind: 'told',
      stored: { ...before, record, reason: 'study_merged', revision: before.revision + 1 },
    };
  }
  if (isDeepStrictEqual(before.record, record)) return null;
  return { kind: 'kept', stored: { ...before, record } };
}

/**
 * From the pairs the ledger holds to those the studies should have. `stored` are all pairs of all these studies, those
 * merged away included. A pair that ended stays ended until it is wanted again.
 */
export function pairChanges(
  stored: readonly StoredPair[],
  studies: readonly PicturedStudy[],
  mergedInto: ReadonlyMap<string, string> = new Map(),
): readonly PairChange[] {
  const pairs = wanted(studies);
  const existing = new Map(stored.map((pair) => [pair.record.id, pair]));
  const ends = stored.flatMap(
    (before) => changeOf(before, pairs.get(before.record.id), studies, mergedInto) ?? [],
  );
  const begins = [...pairs]
    .filter(([id]) => !existing.has(id))
    .map(([id, want]) => becameActive(id, want, undefined));
  return [...ends, ...begins];
}
