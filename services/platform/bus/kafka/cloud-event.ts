import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { Topic } from '../../../../contracts/index.js';
import type { Letter, SealedEvent } from '../letter.js';

/** CloudEvents 1.0 `source`: together with `id` it names an event uniquely. */
const SOURCE = '/overread';
const PREFIX = 'ce_';
const OWN = new Set(['specversion', 'source', 'id', 'type', 'time']);

/** CloudEvents 1.0 Kafka protocol binding, section 3.2 (binary content mode): attributes in headers, data in the value. */
export function toMessage(event: SealedEvent, time: Date): Message {
  const attributes = Object.entries(event.attributes).map(([name, value]) => [`${PREFIX}${name}`, value]);
  return {
    key: event.key,
    value: event.data,
    timestamp: String(time.getTime()),
    headers: {
      ...Object.fromEntries(attributes),
      [`${PREFIX}specversion`]: '1.0',
      [`${PREFIX}source`]: SOURCE,
      [`${PREFIX}id`]: event.id,
      [`${PREFIX}type`]: event.type,
      [`${PREFIX}time`]: time.toISOString(),
      'content-type': event.contentType,
    },
  };
}

function header(headers: IHeaders, name: string): string {
  const value = headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined ? '' : first.toString();
}

/**
 * What lies at a position. A message that is no CloudEvent has an empty type, which no topic knows, and its position
 * as id: so it ends as a dead letter with its bytes and not as an endless crash.
 */
export function toLetter(topic: Topic, partition: number, message: KafkaMessage): Letter {
  const headers = message.headers ?? {};
  const position = `${topic}/${partition}@${message.offset}`;
  const attributes = Object.keys(headers)
    .filter((name) => name.startsWith(PREFIX) && !OWN.has(name.slice(PREFIX.length)))
    .map((name) => [name.slice(PREFIX.length), header(headers, name)]);
  return {
    topic,
    position,
    type: header(headers, `${PREFIX}type`),
    id: header(headers, `${PREFIX}id`) || position,
    key: message.key?.toString('utf8') ?? '',
    data: message.value ?? Buffer.alloc(0),
    contentType: header(headers, 'content-type') || 'application/octet-stream',
    attributes: Object.fromEntries(attributes),
    time: new Date(Number(message.timestamp)),
  };
}

/** Bytes a record takes at most, with a margin for its framing. */
export function sizeOf({ key, value, headers = {} }: Message): number {
  const text = Object.entries(headers).reduce(
    (sum, [name, v]) => sum + name.length + String(v).length * 2 + 16,
    0,
  );
  return (value?.length ?? 0) + (key?.length ?? 0) * 2 + text + 512;
}
