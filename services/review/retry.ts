import {
  type DeadLetterDetail,
  type DeadLetterItem,
  EVENTS,
  type EventType,
  OverreadError,
} from '../../contracts/index.js';
import { markRetried, recordAudit } from '../ledger/index.js';
import { deterministicId, type OutgoingEvent } from '../platform/index.js';
import type { ReviewDeps } from './deps.js';

function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type);
}

/** A new id, so that no engine takes it for the event that failed; bytes, key and attributes as they were. */
function originalEvent(letter: DeadLetterDetail, at: Date): OutgoingEvent {
  const { originalType: type } = letter;
  if (!isEventType(type)) throw new OverreadError('OVR_EVENT_MALFORMED', `originalType of ${letter.id}`);
  return {
    type,
    key: letter.originalKey,
    id: deterministicId('retry', letter.id, at.toISOString()),
    data: Buffer.from(letter.originalData, 'base64'),
    contentType: letter.originalContentType,
    attributes: letter.originalAttributes,
  };
}

/**
 * Puts the original event back on its topic; state, audit entry and event commit together. Throws OVR_NOT_FOUND,
 * OVR_DEAD_LETTER_DONE, and OVR_EVENT_MALFORMED where the letter does not say what its original was.
 */
export async function retryDeadLetter(
  { database, bus, clock }: Pick<ReviewDeps, 'database' | 'bus' | 'clock'>,
  id: string,
  actor: string,
): Promise<DeadLetterItem> {
  return database.tx(async (tx) => {
    const at = clock.now();
    const letter = await markRetried(tx, id, actor, at);
    const event = originalEvent(letter, at);
    await recordAudit(tx, {
      at,
      actor,
      action: 'dead-letter.retried',
      subject: id,
      detail: { stage: letter.stage, code: letter.code },
    });
    await bus.append(tx, [event]);
    const {
      originalKey: _key,
      originalContentType: _type,
      originalAttributes: _attributes,
      originalData: _data,
      ...item
    } = letter;
    return item;
  });
}
