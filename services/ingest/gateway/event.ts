import type { MessageAttributes } from '../../../contracts/index.js';
import type { OutgoingEvent } from '../../platform/index.js';
import { NO_FEED } from './intake.js';
import type { SpoolRecord } from './spool/index.js';

/** A dead letter carries the attributes its message would have had, each with the prefix `original`. */
function original(attributes: MessageAttributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`original${name}`, value]));
}

/** A spooled record as the event it becomes; the same record always becomes the same event. */
export function eventOf({ meta, raw }: SpoolRecord): OutgoingEvent {
  const { id, contentType, attributes } = meta;
  if (meta.kind === 'message') {
    const key = attributes.feed === '' ? NO_FEED : attributes.feed;
    return { type: 'overread.message.received', key, id, data: raw, contentType, attributes };
  }
  return {
    type: 'overread.dead-letter.recorded',
    key: meta.reason.stage,
    id,
    data: raw,
    contentType,
    attributes: { ...original(attributes), ...meta.reason },
  };
}

/** Stands for an event the bus will never take, e.g. for its size: its reason and the head of its bytes. */
export function refusedByBus(event: OutgoingEvent, code: string, headBytes: number): OutgoingEvent {
  return {
    type: 'overread.dead-letter.recorded',
    key: 'gateway',
    id: `dl_${event.id}`,
    data: event.data.subarray(0, headBytes),
    ...(event.contentType === undefined ? {} : { contentType: event.contentType }),
    attributes: {
      ...Object.fromEntries(
        Object.entries(event.attributes ?? {}).map(([name, value]) => [`original${name}`, value]),
      ),
      code,
      stage: 'gateway',
      detail: `the bus refused ${event.data.length} bytes`,
      attempts: '1',
      originaltopic: 'overread.hl7.v1',
      originaltype: event.type,
      originalid: event.id,
      originalkey: event.key,
    },
  };
}
