import type { z } from 'zod';
import { EVENTS, type EventType, OverreadError } from '../../../contracts/index.js';
import type { IncomingEvent, OutgoingEvent } from './types.js';

type DataOf<T extends EventType> = (typeof EVENTS)[T]['data'] extends z.ZodType
  ? z.output<(typeof EVENTS)[T]['data']>
  : never;

/** An event of a type that carries JSON. The data are checked by their readers, not here: the compiler has. */
export function jsonEvent<T extends EventType>(
  type: T,
  key: string,
  id: string,
  data: DataOf<T>,
  attributes: Readonly<Record<string, string>> = {},
): OutgoingEvent {
  return {
    type,
    key,
    id,
    data: Buffer.from(JSON.stringify(data)),
    contentType: 'application/json',
    attributes,
  };
}

/** The data of a JSON event, checked. Throws OVR_EVENT_MALFORMED with the paths that fail, never their values. */
export function dataOf<T extends EventType>(event: IncomingEvent, type: T): DataOf<T> {
  const schema = EVENTS[type].data;
  if (schema === null || event.type !== type) {
    throw new OverreadError('OVR_EVENT_MALFORMED', `expected ${type}, got ${event.type}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(event.data.toString('utf8'));
  } catch (cause) {
    throw new OverreadError('OVR_EVENT_MALFORMED', `${type} is not JSON`, { cause });
  }
  const result = schema.safeParse(parsed);
  if (!result.success) {
    const paths = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new OverreadError('OVR_EVENT_MALFORMED', `${type} at ${paths}`);
  }
  return result.data as DataOf<T>;
}
