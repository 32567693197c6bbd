import type { z } from 'zod';
import {
  DeadLetterAttributes,
  EVENTS,
  MEDIA_TYPES,
  MessageAttributes,
  TOPIC_FLOW,
  TOPICS,
} from '../events.js';
import { jsonSchema } from './schemas.js';

/** Header schemas of the two event types whose data are bytes. */
const ATTRIBUTES: Readonly<Record<string, z.ZodType>> = {
  'overread.message.received': MessageAttributes,
  'overread.dead-letter.recorded': DeadLetterAttributes,
};

/** Schemas inside AsyncAPI take no `$schema` of their own. */
function embedded(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = jsonSchema(schema);
  return rest;
}

function message(type: string, data: z.ZodType | null): Record<string, unknown> {
  const attributes = ATTRIBUTES[type];
  return {
    name: type,
    title: type,
    contentType: data === null ? MEDIA_TYPES.hl7 : 'application/json',
    ...(attributes === undefined ? {} : { headers: embedded(attributes) }),
    payload: data === null ? { type: 'string', format: 'binary' } : embedded(data),
  };
}

/** The AsyncAPI 3.0 document of the bus: CloudEvents 1.0 in Kafka binary mode, one channel a topic. */
export function asyncApi(version: string): Record<string, unknown> {
  const messageName = (type: string) => type.replaceAll('.', '_').replaceAll('-', '_');
  const types = Object.entries(EVENTS);
  const channels = Object.entries(TOPICS).map(([name, topic]) => {
    const { key, writers, readers } = TOPIC_FLOW[topic];
    const own = types.filter(([, event]) => event.topic === topic).map(([type]) => messageName(type));
    const description = `Keyed by ${key}. Written by ${writers.join(', ')}; read by ${readers.join(', ') || 'subscribers'}.`;
    const messages = Object.fromEntries(own.map((m) => [m, { $ref: `#/components/messages/${m}` }]));
    return [name, { address: topic, description, messages }] as const;
  });
  const operations = Object.entries(TOPICS).flatMap(([name, topic]) => {
    const channel = { $ref: `#/channels/${name}` };
    const { readers } = TOPIC_FLOW[topic];
    return [
      [`write_${name}`, { action: 'send', channel }] as const,
      ...(readers.length === 0 ? [] : [[`read_${name}`, { action: 'receive', channel }] as const]),
    ];
  });
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Overread events',
      version,
      description:
        'CloudEvents 1.0, Kafka protocol binding, binary mode: attributes in `ce_` headers, data in the value. Topics that carry report text (hl7, reports, pairs, scores, dead-letters) are private.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: {
      messages: Object.fromEntries(
        types.map(([type, event]) => [messageName(type), message(type, event.data)]),
      ),
    },
  };
}
