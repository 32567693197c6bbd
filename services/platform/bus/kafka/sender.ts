import type { Kafka, Message, TopicMessages } from 'kafkajs';
import { EVENTS, OverreadError } from '../../../../contracts/index.js';
import type { SealedEvent } from '../letter.js';
import { sizeOf, toMessage } from './cloud-event.js';
import { asOverread } from './failure.js';
import { CompressionTypes, Partitioners } from './kafkajs.js';
import { type KafkaConfig, maxBytesOf, physicalName } from './topics.js';

/** Below the 1 MB that a fetch asks of a partition; a single larger event goes alone. */
const MAX_REQUEST_BYTES = 900_000;
const MAX_REQUEST_EVENTS = 500;

/** An event with the moment that stands in its header; without one it is now. */
export type Shipment = { readonly event: SealedEvent; readonly time: Date };

type Parcel = { readonly topic: string; readonly message: Message };

export type Sender = {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /**
   * All in-sync replicas have the events when it resolves; what is rejected may still have arrived. Throws
   * OVR_EVENT_TOO_LARGE or OVR_BUS_UNAVAILABLE.
   */
  send(shipments: readonly Shipment[]): Promise<void>;
};

/** Requests in the order given, each within the limits. */
function* requests(parcels: readonly Parcel[]): Generator<Parcel[]> {
  let request: Parcel[] = [];
  let bytes = 0;
  for (const parcel of parcels) {
    const size = sizeOf(parcel.message);
    if (request.length > 0 && (bytes + size > MAX_REQUEST_BYTES || request.length >= MAX_REQUEST_EVENTS)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(parcel);
    bytes += size;
  }
  if (request.length > 0) yield request;
}

function byTopic(request: readonly Parcel[]): TopicMessages[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of request) {
    const messages = topics.get(topic) ?? [];
    messages.push(message);
    topics.set(topic, messages);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

/** Throws OVR_EVENT_TOO_LARGE for an event that the topic would refuse. */
export function checkSize(config: KafkaConfig, event: SealedEvent, time: Date): void {
  const { topic } = EVENTS[event.type];
  const size = sizeOf(toMessage(event, time));
  const limit = maxBytesOf(config, topic);
  if (size > limit)
    throw new OverreadError('OVR_EVENT_TOO_LARGE', `${event.type}: ${size} of ${limit} bytes`);
}

export function createSender(kafka: Kafka, config: KafkaConfig): Sender {
  // One request in flight: a repeated one can then not overtake its successor, and keys keep their order.
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  return {
    connect: () => producer.connect(),
    disconnect: () => producer.disconnect(),
    async send(shipments) {
      const parcels = shipments.map(({ event, time }) => {
        checkSize(config, event, time);
        return { topic: physicalName(config, EVENTS[event.type].topic), message: toMessage(event, time) };
      });
      for (const request of requests(parcels)) {
        // A single event is sent three times as fast uncompressed; the broker compresses it (measured).
        const compression = request.length > 1 ? CompressionTypes.GZIP : CompressionTypes.None;
        await producer
          .sendBatch({ acks: -1, compression, topicMessages: byTopic(request) })
          .catch((error: unknown) => {
            throw asOverread(error);
          });
      }
    },
  };
}
