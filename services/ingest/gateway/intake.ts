import { createHash } from 'node:crypto';
import {
  type DeadLetterAttributes,
  type ErrorCode,
  type FeedConfig,
  MEDIA_TYPES,
  type MediaType,
  type MessageAttributes,
  OverreadError,
  TOPICS,
} from '../../../contracts/index.js';
import { type Clock, deterministicId, errorCode } from '../../platform/index.js';
import { feedFacts, hl7Facts, matchFeed, type Wire } from '../feeds.js';
import { type Header, readHeader } from '../header.js';
import type { Meter } from './metrics.js';
import type { Seen } from './seen.js';
import type { Spool } from './spool/index.js';
import type { Accept, Receipt, Submission } from './types.js';

export type IntakeDeps = {
  readonly feeds: readonly FeedConfig[];
  readonly spool: Pick<Spool, 'append'>;
  readonly seen: Seen;
  readonly clock: Clock;
  readonly meter: Meter;
};

export type Refused = {
  readonly raw: Buffer;
  readonly contentType: MediaType;
  readonly wire: Wire;
  readonly code: ErrorCode;
  readonly detail?: string;
};

/** Every way into the gateway ends here: feed, type rules, repetition, durable store, in that order. */
export type Intake = {
  readonly accept: Accept;
  /** Keeps bytes that cannot become a message. Rejects as the spool does. */
  refuse(refused: Refused): Promise<void>;
};

/** Label of a metric: senders choose MSH-9, so what is not a type of HL7 table 0076 in use counts as `other`. */
const KNOWN_TYPES = new Set(
  'ACK ADR ADT BAR CRM DFT MCF MDM MFN OMG OMI OML OMP ORD ORF ORG ORI ORL ORM ORR ORU OUL QBP QRY RDE RSP SIU SRM VXU'.split(
    ' ',
  ),
);

function typeLabel(contentType: MediaType, header: Header | null): string {
  if (contentType === MEDIA_TYPES.json) return 'report';
  if (contentType === MEDIA_TYPES.dicom) return 'dicom';
  const type = header?.messageType.toUpperCase() ?? '';
  return KNOWN_TYPES.has(type) ? type : 'other';
}

export const NO_FEED = 'unmatched';

/** Hash of MSH-3, MSH-4 and MSH-10 as sent; '' without MSH-10: then the bytes alone tell a repetition. */
function controlKey(header: Header): string {
  const controlId = header.field(10).trim();
  if (controlId === '') return '';
  const parts = [header.field(3), header.field(4), controlId].map((part) => Buffer.from(part, 'latin1'));
  return `msh:${deterministicId('key', ...parts)}`;
}

export function createIntake({ feeds, spool, seen, clock, meter }: IntakeDeps): Intake {
  const attributesOf = (wire: Wire, feed: string, flags: string): MessageAttributes => ({
    feed,
    transport: wire.transport,
    listener: wire.listener,
    tlssubject: wire.tlsSubject,
    receivedat: clock.now().toISOString(),
    quiet: '0',
    flags,
  });

  const append = (record: Parameters<Spool['append']>[0]) => {
    const stored = spool.append(record);
    seen.add(record.meta.id, record.meta.onceKey, stored);
    stored.catch((error: unknown) =>
      meter.count('overread_spool_failures_total', { code: errorCode(error) }),
    );
    return stored;
  };

  const refuse = async ({ raw, contentType, wire, code, detail = '' }: Refused) => {
    const messageId = deterministicId('msg', '', raw);
    const id = deterministicId('dl', 'gateway', code, messageId);
    meter.count('overread_intake_dead_letters_total', { code });
    const known = seen.find(id);
    if (known !== undefined) return known;
    const reason: DeadLetterAttributes = {
      code,
      stage: 'gateway',
      detail,
      attempts: '1',
      originaltopic: TOPICS.hl7,
      originaltype: 'overread.message.received',
      originalid: messageId,
      originalkey: '',
    };
    const attributes = attributesOf(wire, '', '');
    await append({ meta: { kind: 'dead-letter', id, contentType, attributes, onceKey: '', reason }, raw });
  };

  const accept = async ({ raw, contentType, wire, onceKey }: Submission): Promise<Receipt> => {
    const header = contentType === MEDIA_TYPES.hl7 ? readHeader(raw) : null;
    if (contentType === MEDIA_TYPES.hl7 && header === null) {
      await refuse({ raw, contentType, wire, code: 'OVR_HL7_NO_MSH' });
      throw new OverreadError('OVR_HL7_NO_MSH');
    }
    const facts = header === null ? feedFacts(raw, contentType, wire) : hl7Facts(header, wire);
    const matched = matchFeed(feeds, facts);
    const feed = matched?.name ?? '';
    const label = feed === '' ? NO_FEED : feed;
    const type = typeLabel(contentType, header);
    meter.count('overread_messages_received_total', { feed: label, transport: wire.transport, type });
    meter.set('overread_feed_last_received_timestamp_seconds', { feed: label }, clock.now().getTime() / 1000);
    const messageId = deterministicId('msg', feed, raw);
    const messageType = header?.messageType ?? '';
    if (matched?.forbidTypes.includes(messageType)) throw new OverreadError('OVR_MESSAGE_TYPE_FORBIDDEN');
    if (matched?.ignoreTypes.includes(messageType)) {
      meter.count('overread_messages_ignored_total', { feed: label, type });
      return { messageId, feed, outcome: 'ignored' };
    }
    if (matched === null) {
      meter.count('overread_messages_unmatched_total', {
        transport: wire.transport,
        listener: wire.listener,
      });
    }
    const known = seen.find(messageId);
    if (known !== undefined) {
      await known;
      meter.count('overread_messages_duplicate_total', { feed: label, transport: wire.transport });
      return { messageId, feed, outcome: 'duplicate' };
    }
    const once = onceKey ?? (header === null ? '' : controlKey(header));
    const reused = seen.otherUnder(once, messageId) !== undefined;
    if (reused && onceKey !== undefined) throw new OverreadError('OVR_IDEMPOTENCY_KEY_REUSED');
    if (reused) meter.count('overread_control_ids_reused_total', { feed: label });
    const attributes = attributesOf(wire, feed, reused ? 'reused_control_id' : '');
    await append({ meta: { kind: 'message', id: messageId, contentType, attributes, onceKey: once }, raw });
    return { messageId, feed, outcome: 'stored' };
  };

  return { accept, refuse };
}

/** The key of an Idempotency-Key header, hashed: callers write what they like into it. */
export function idempotencyKey(value: string): string {
  return `idem:${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;
}
