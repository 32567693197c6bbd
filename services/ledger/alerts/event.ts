import { RETROSPECTIVE_NOTICE } from '../../../contracts/index.js';
import { deterministicId, jsonEvent, type OutgoingEvent } from '../../platform/index.js';
import type { AlertChange } from './change.js';

/** The change as `overread.alert.changed`, keyed by study; null for shadow alerts, which nobody outside may see. */
export function alertChangedEvent(
  { alert, studyId, notice, shadow }: AlertChange,
  attributes: Readonly<Record<string, string>> = {},
): OutgoingEvent | null {
  if (shadow) return null;
  const id = deterministicId('notice', alert.id, String(alert.revision));
  return jsonEvent(
    'overread.alert.changed',
    studyId,
    id,
    { type: notice, alerts: [alert], sentAt: alert.updatedAt, notice: RETROSPECTIVE_NOTICE },
    attributes,
  );
}
