import { type FeedConfig, MEDIA_TYPES, OverreadError } from '../../../contracts/index.js';
import { feedFacts, matchFeed } from '../feeds.js';
import { readDicom } from './dicom/index.js';
import { readHl7 } from './hl7/index.js';
import { withoutFraming } from './hl7/segments.js';
import { readSubmission } from './json/submission.js';
import type { RawMessage } from './raw-message.js';
import type { NormaliseResult, Reading } from './result.js';
import { type FeedRules, feedRules } from './rules/feed-rules.js';
import type { MessageFacts } from './version.js';

/** Rules of all feeds, made ready once, in the order in which they are matched. */
export type NormaliserRules = {
  readonly feeds: readonly FeedConfig[];
  of(feed: FeedConfig): FeedRules;
};

export function normaliserRules(feeds: readonly FeedConfig[]): NormaliserRules {
  const ready = new Map(feeds.map((feed) => [feed, feedRules(feed)]));
  return { feeds, of: (feed) => ready.get(feed) ?? feedRules(feed) };
}

type Reader = (bytes: Buffer, rules: FeedRules, facts: MessageFacts) => Reading;

const READERS: Readonly<Record<string, Reader>> = {
  [MEDIA_TYPES.hl7]: readHl7,
  [MEDIA_TYPES.dicom]: readDicom,
  [MEDIA_TYPES.json]: readSubmission,
};

const mediaTypeOf = (contentType: string) => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

/**
 * One raw message to events, under the given rules. Pure: the same message, rules and key give the same result on every
 * machine. Never throws: what cannot be used is `refused` with its code, what no feed matches is `quarantined`.
 */
export function normalise(
  message: RawMessage,
  rules: NormaliserRules,
  options: { readonly hashKey: string },
): NormaliseResult {
  const { attributes, id } = message;
  const mediaType = mediaTypeOf(message.mediaType);
  const bytes = mediaType === MEDIA_TYPES.hl7 ? withoutFraming(message.bytes) : message.bytes;
  const { listener, transport, tlssubject: tlsSubject } = attributes;
  const feed = matchFeed(rules.feeds, feedFacts(bytes, mediaType, { listener, transport, tlsSubject }));
  if (feed === null) {
    return {
      kind: 'quarantined',
      error: new OverreadError('OVR_FEED_UNMATCHED', `by ${transport} ${listener}`),
    };
  }
  try {
    const read = Object.hasOwn(READERS, mediaType) ? READERS[mediaType] : undefined;
    if (read === undefined) throw new OverreadError('OVR_MEDIA_TYPE_UNKNOWN');
    const reading = read(bytes, rules.of(feed), { id, attributes, hashKey: options.hashKey });
    return { kind: 'accepted', feed: feed.name, ...reading };
  } catch (error) {
    if (error instanceof OverreadError) return { kind: 'refused', feed: feed.name, error };
    throw error;
  }
}
