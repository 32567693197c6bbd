import {
  type FeedConfig,
  MEDIA_TYPES,
  type MediaType,
  MessageAttributes,
  OverreadError,
} from '../../../contracts/index.js';
import { deterministicId, type IncomingEvent } from '../../platform/index.js';
import { feedFacts, matchFeed, type Wire } from '../feeds.js';
import { readHeader } from '../header.js';

/** A stored message: its bytes, what they are, and what the wire told. `id` is the sha256 id of the stored message. */
export type RawMessage = {
  readonly id: string;
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly attributes: MessageAttributes;
};

/** A message as the bus holds it. Throws OVR_EVENT_MALFORMED. */
export function rawMessageOf(event: IncomingEvent): RawMessage {
  const attributes = MessageAttributes.safeParse(event.attributes);
  if (attributes.success) {
    return { id: event.id, bytes: event.data, mediaType: event.contentType, attributes: attributes.data };
  }
  const paths = attributes.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new OverreadError('OVR_EVENT_MALFORMED', `${event.type} at ${paths}`);
}

export type Unstored = {
  readonly raw: Buffer;
  readonly contentType: MediaType;
  readonly wire: Pick<Wire, 'listener' | 'transport'>;
  readonly receivedAt: Date;
};

/** A message as the gateway would store it, with the id it would have. Throws OVR_MESSAGE_TYPE_FORBIDDEN as it would. */
export function asStored(
  { raw, contentType, wire, receivedAt }: Unstored,
  feeds: readonly FeedConfig[],
): RawMessage {
  const { listener, transport } = wire;
  const matched = matchFeed(feeds, feedFacts(raw, contentType, { ...wire, tlsSubject: '' }));
  const type = contentType === MEDIA_TYPES.hl7 ? (readHeader(raw)?.messageType ?? '') : '';
  if (matched?.forbidTypes.includes(type)) throw new OverreadError('OVR_MESSAGE_TYPE_FORBIDDEN');
  const feed = matched?.name ?? '';
  const attributes = MessageAttributes.parse({
    feed,
    transport,
    listener,
    receivedat: receivedAt.toISOString(),
  });
  return { id: deterministicId('msg', feed, raw), bytes: raw, mediaType: contentType, attributes };
}
