import type { StoredPair } from '../../ledger/index.js';
import { pairChanges } from './changes.js';
import type { Known } from './known.js';
import { pictureOf, type StudyRules } from './picture.js';

/** What an arrival can do to its study. */
export const OUTCOMES = {
  pair: 'a draft meets the truth: a pair becomes active',
  supersede: 'an active pair is replaced by a newer one and kept',
  withdraw: 'an active pair is taken away',
  wait_for_final: 'the draft begins to wait for its final',
  wait_for_draft: 'the final begins to wait for a draft',
  end_wait: 'nothing is waited for any more',
  keep: 'stored, and nothing else changes',
} as const satisfies Record<string, string>;
export type Outcome = keyof typeof OUTCOMES;

const STUDY = 'study';

/**
 * Arrival × state of the study → outcomes, in the order of OUTCOMES. The state is the set of versions before; the
 * written table in table.ts names the rows and is held against this function.
 */
export function decide(before: readonly Known[], arrival: Known, rules: StudyRules): readonly Outcome[] {
  const after = [...before.filter((v) => v.id !== arrival.id), arrival];
  const [was, is] = [pictureOf(before, rules), pictureOf(after, rules)];
  const stored: StoredPair[] = was.pairs.map(({ record }) => ({
    record: { ...record, studyId: STUDY },
    status: 'active',
    reason: 'paired',
    supersededBy: null,
    revision: 1,
  }));
  const changes = pairChanges(stored, [{ id: STUDY, versions: after, picture: is }]);
  const happened = new Set<Outcome>();
  for (const change of changes) {
    if (change.kind === 'ready') happened.add('pair');
    if (change.kind === 'told') {
      happened.add(change.stored.status === 'superseded' ? 'supersede' : 'withdraw');
    }
  }
  if (was.missing?.side !== is.missing?.side) {
    if (is.missing === null) happened.add('end_wait');
    else happened.add(is.missing.side === 'final' ? 'wait_for_final' : 'wait_for_draft');
  }
  if (happened.size === 0) return ['keep'];
  return (Object.keys(OUTCOMES) as Outcome[]).filter((outcome) => happened.has(outcome));
}
