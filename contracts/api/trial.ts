import { z } from 'zod';
import { FeedConfig } from '../config/feeds.js';

/** Which rules are tried on which stored messages: those taken in since a time, oldest first. */
export const TrialRequest = z.strictObject({
  /** The feeds of the changed configuration, all of them, in their order. */
  feeds: z.array(FeedConfig).max(1000),
  since: z.iso.datetime({ offset: true }).optional(),
  /** Messages read at most. */
  limit: z.number().int().min(1).max(10_000).default(1000),
});
export type TrialRequest = z.infer<typeof TrialRequest>;

/** How many messages have each outcome. */
const Outcomes = z.strictObject({
  accepted: z.number().int().min(0),
  refused: z.number().int().min(0),
  quarantined: z.number().int().min(0),
});

/** One message that would be read otherwise. Values are as short as they can be: no text of a report is among them. */
export const TrialChange = z.strictObject({
  messageId: z.string(),
  /** Feed under the present rules, '' where none matches. */
  feed: z.string(),
  receivedAt: z.iso.datetime({ offset: true }),
  differences: z.array(z.strictObject({ path: z.string(), before: z.string(), after: z.string() })),
});
export type TrialChange = z.infer<typeof TrialChange>;

export const TrialAnswer = z.strictObject({
  /** Different messages read; a message sent again or replayed is read once. */
  read: z.number().int().min(0),
  changed: z.number().int().min(0),
  before: Outcomes,
  after: Outcomes,
  /** Changed paths with the number of messages, the most frequent first; a number in a path is `*`. */
  paths: z.array(z.strictObject({ path: z.string(), messages: z.number().int().min(1) })),
  /** The first changed messages. */
  changes: z.array(TrialChange),
  /** When the last one read was taken in; null where none was. */
  until: z.iso.datetime({ offset: true }).nullable(),
  /** What ended it: everything read, the limit of the request, or the time it may take. */
  ended: z.enum(['all', 'limit', 'time']),
});
export type TrialAnswer = z.infer<typeof TrialAnswer>;
