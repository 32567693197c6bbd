import type { PairState } from '../../contracts/index.js';
import { deterministicId, jsonEvent, type OutgoingEvent } from '../platform/index.js';
import type { BegunWait } from './resolve.js';
import type { PairChange } from './study/changes.js';

/** Traces by report version, carried from the message that brought it to the pair it completed. */
export type Traces = ReadonlyMap<string, string>;

function traceOf({ stored: { record } }: PairChange, traces: Traces): Readonly<Record<string, string>> {
  const ids = [...record.final.versions, ...record.draft.versions];
  const traceparent = ids.map((id) => traces.get(id)).find((trace) => trace !== undefined);
  return traceparent === undefined ? {} : { traceparent };
}

/**
 * Events of a pair's change: the state first, then the pair itself where it is to be scored. Their ids count the
 * pair's revision, so that going and coming back are two events and a repeat is one.
 */
export function pairEvents(change: PairChange, at: Date, traces: Traces): readonly OutgoingEvent[] {
  if (change.kind === 'kept') return [];
  const { record, status, reason, supersededBy, revision } = change.stored;
  const attributes = traceOf(change, traces);
  const id = deterministicId('ps', record.id, String(revision));
  const state: PairState = {
    id,
    studyId: record.studyId,
    site: record.site,
    state: status,
    pairId: record.id,
    supersededBy,
    generator: record.generator,
    modality: record.exam.modality,
    reason,
    at: at.toISOString(),
  };
  const told = jsonEvent('overread.pair.state', record.studyId, id, state, attributes);
  if (change.kind !== 'ready') return [told];
  const readyId = deterministicId('ready', record.id, String(revision));
  return [told, jsonEvent('overread.pair.ready', record.studyId, readyId, change.pair, attributes)];
}

const WAITING = { final: 'waiting_for_final', draft: 'waiting_for_draft' } as const;

/** One event when a study begins to wait for a side, one when the configured time has passed: never more. */
export function waitEvent(wait: BegunWait, moment: 'begun' | 'overdue', at: Date): OutgoingEvent {
  const waiting = WAITING[wait.missing];
  const id = deterministicId('ps', wait.studyId, waiting, moment, wait.since.toISOString());
  const state: PairState = {
    id,
    studyId: wait.studyId,
    site: wait.site,
    state: moment === 'begun' ? waiting : 'orphaned',
    pairId: null,
    supersededBy: null,
    generator: wait.generator,
    modality: wait.modality,
    reason: moment === 'begun' ? waiting : `${wait.missing}_did_not_come`,
    at: at.toISOString(),
  };
  return jsonEvent('overread.pair.state', wait.studyId, id, state);
}
