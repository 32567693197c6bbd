import type { Generator } from '../../../contracts/index.js';
import type { MissingSide, VersionState } from '../../ledger/index.js';
import { byClock, isAfter, type Known } from './known.js';
import { describePair, type StudyPair } from './pair.js';
import { signedWithoutText, type Truth, truthOf } from './truth.js';
import { withdrawn } from './withdrawals.js';

export type StudyRules = { readonly scorePreliminaries: boolean };

export type Missing = {
  readonly side: MissingSide;
  readonly since: number;
  readonly generator: Generator | null;
  readonly modality: string | null;
};

/** Everything pairing says about a study: a function of the set of its versions, never of their arrival. */
export type Picture = {
  readonly states: ReadonlyMap<string, VersionState>;
  readonly truth: Truth | null;
  readonly pairs: readonly StudyPair[];
  readonly missing: Missing | null;
};

const generatorKey = ({ name, version }: Generator) => JSON.stringify([name, version]);

/** Drafts that can be paired, by generator, oldest first. */
function draftsByGenerator(versions: readonly Known[]): ReadonlyMap<string, readonly Known[]> {
  const groups = new Map<string, Known[]>();
  for (const draft of versions.toSorted(byClock)) {
    const { role, source, text } = draft.version;
    if (role !== 'draft' || source.kind !== 'ai' || source.generator === null || text === null) continue;
    const key = generatorKey(source.generator);
    groups.set(key, [...(groups.get(key) ?? []), draft]);
  }
  return groups;
}

/** Every draft but the newest; with a truth, the newest written up to its signing. */
function chosenDraft(drafts: readonly Known[], truth: Truth | null): Known | undefined {
  return drafts.filter((d) => truth === null || !isAfter(d.first, truth.signedBy.first)).at(-1);
}

function missingSide(
  usable: readonly Known[],
  drafts: readonly Known[],
  { truth, paired, cancelled }: { truth: Truth | null; paired: boolean; cancelled: boolean },
): Missing | null {
  // A preliminary, scored or not, is not what a draft waits for.
  const final = truth?.kind === 'final' ? truth : null;
  if (final !== null && paired) return null;
  const signed = final === null ? signedWithoutText(usable) : [final.signedBy];
  const waiting = signed.length > 0 ? signed : drafts;
  const newest = waiting.at(-1);
  if (newest === undefined || (signed.length === 0 && cancelled)) return null;
  return {
    side: signed.length > 0 ? 'draft' : 'final',
    since: Math.min(...waiting.map((v) => v.receivedAt)),
    generator: signed.length > 0 ? null : newest.version.source.generator,
    modality: newest.version.exam.modality,
  };
}

/** `flags` are oddities of the study itself, put on each of its pairs. */
export function pictureOf(
  versions: readonly Known[],
  rules: StudyRules,
  flags: readonly string[] = [],
): Picture {
  const live = versions.filter((v) => v.live);
  const taken = withdrawn(live);
  const usable = live.filter((v) => !taken.has(v.id) && v.version.role !== 'withdrawn');
  const truth = truthOf(usable, rules);
  const groups = draftsByGenerator(usable);
  const drafts = [...groups.values()].flat().toSorted(byClock);
  const chosen = [...groups.values()].flatMap((group) => chosenDraft(group, truth) ?? []);
  const pairs = truth === null ? [] : chosen.map((draft) => describePair(draft, truth, flags));

  const inTruth = new Set(truth?.versions.map((v) => v.id));
  const current = new Set([...chosen.map((v) => v.id), ...inTruth]);
  const replaced = (v: Known) =>
    !v.live ||
    (!current.has(v.id) &&
      (v.version.role === 'draft'
        ? chosen.some((c) => sameGenerator(c, v) && byClock(v, c) < 0)
        : truth !== null && v.version.source.kind !== 'unknown' && v.version.role !== 'withdrawn'));
  const stateOf = (v: Known): VersionState =>
    taken.has(v.id) ? 'withdrawn' : replaced(v) ? 'superseded' : 'current';
  const cancelled = live.some((v) => taken.has(v.id) && v.version.role !== 'draft');
  return {
    states: new Map(versions.map((v) => [v.id, stateOf(v)])),
    truth,
    pairs,
    missing: missingSide(usable, drafts, { truth, paired: pairs.length > 0, cancelled }),
  };
}

function sameGenerator(a: Known, b: Known): boolean {
  const [one, other] = [a.version.source.generator, b.version.source.generator];
  return one !== null && other !== null && generatorKey(one) === generatorKey(other);
}
