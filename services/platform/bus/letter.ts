import {
  type DeadLetterAttributes,
  EVENTS,
  type EventType,
  OverreadError,
  TOPICS,
} from '../../../contracts/index.js';
import { errorCode } from '../error-code.js';
import { deterministicId } from '../identity.js';
import type { IncomingEvent, OutgoingEvent } from './types.js';

/** What lies on a topic before anybody has looked whether its type is one we know. */
export type Letter = Omit<IncomingEvent, 'type'> & { readonly type: string };

/** An event whose attributes stand: what an engine writes. */
export type SealedEvent = Required<OutgoingEvent>;

const MAX_DETAIL = 500;

function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type);
}

/** Whether the type is known and belongs to the topic; a newer version of the service may write others. */
export function isEvent(letter: Letter): letter is IncomingEvent {
  return isEventType(letter.type) && EVENTS[letter.type].topic === letter.topic;
}

/** The default media type and no attributes; throws OVR_EVENT_MALFORMED on a name CloudEvents forbids (1.0.2, Naming). */
export function sealed(event: OutgoingEvent): SealedEvent {
  const attributes = event.attributes ?? {};
  const bad = Object.keys(attributes).find((name) => !/^[a-z0-9]+$/.test(name));
  if (bad !== undefined) throw new OverreadError('OVR_EVENT_MALFORMED', `attribute name in ${event.type}`);
  return { ...event, contentType: event.contentType ?? 'application/json', attributes };
}

/** Why an event failed, in words that hold nothing of its data: a foreign error's message may quote its input. */
function reason(error: unknown): Pick<DeadLetterAttributes, 'code' | 'detail'> {
  if (error instanceof OverreadError) return { code: error.code, detail: error.detail.slice(0, MAX_DETAIL) };
  const name =
    typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error;
  return { code: 'OVR_HANDLER_FAILED', detail: `${name} ${errorCode(error)}`.trim().slice(0, MAX_DETAIL) };
}

/**
 * The dead letter of an event: its bytes as they were, why and where it failed, and its own attributes with the
 * prefix `original`. The same failure has the same id, so a stage that dies between the two writes adds nothing twice.
 */
export function deadLetterOf(letter: Letter, error: unknown, attempts: number, stage: string): SealedEvent {
  const originals = Object.entries(letter.attributes).map(([name, value]) => [`original${name}`, value]);
  const { traceparent } = letter.attributes;
  const attributes: DeadLetterAttributes = {
    ...reason(error),
    stage,
    attempts: String(attempts),
    originaltopic: letter.topic,
    originaltype: letter.type,
    originalid: letter.id,
    originalkey: letter.key,
  };
  return {
    type: 'overread.dead-letter.recorded',
    key: stage,
    id: deterministicId('dl', stage, letter.topic, letter.id),
    data: letter.data,
    contentType: letter.contentType,
    attributes: {
      ...Object.fromEntries(originals),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...attributes,
    },
  };
}

/** A dead letter that cannot be handled is left where it lies: a dead letter of its own would never end. */
export function isDeadLetter(letter: Letter): boolean {
  return letter.topic === TOPICS.deadLetters;
}
