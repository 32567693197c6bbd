import { z } from 'zod';
import { Alert, AlertState } from '../alert.js';
import { Discrepancy } from '../score.js';
import { Aspect, Significance } from '../vocabulary.js';

/** What narrows the worklist; the same names stand in the address of the page. `state` is `open` unless said. */
export const AlertFilter = z.strictObject({
  tier: Significance.exclude(['none']).optional(),
  aspect: Aspect.optional(),
  generator: z.string().max(200).optional(),
  version: z.string().max(200).optional(),
  modality: z.string().max(16).optional(),
  state: z.enum([...AlertState.options, 'any']).default('open'),
  /** Days in UTC, both included, of the receive time of the message that completed the pair. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});
export type AlertFilter = z.infer<typeof AlertFilter>;

export const AlertQuery = z.strictObject({
  ...AlertFilter.shape,
  /** `next` of the answer before. */
  after: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,300}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type AlertQuery = z.infer<typeof AlertQuery>;

/** An alert as the worklist shows it. `completedAt` is what its age counts from. Private: `reason` quotes reports. */
export const AlertItem = z.strictObject({
  ...Alert.omit({ link: true }).shape,
  exam: z.string().nullable(),
  completedAt: z.iso.datetime({ offset: true }),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: z.iso.datetime({ offset: true }).nullable(),
  /** Recorded in shadow mode: nobody was told. */
  shadow: z.boolean(),
  /** The worst discrepancy of the pair's latest score. */
  worst: Discrepancy.nullable(),
});
export type AlertItem = z.infer<typeof AlertItem>;

/** Open alerts by tier under the same filter, whatever tier and state it names. */
export const TierCounts = z.strictObject({
  urgent: z.number().int().min(0),
  actionable: z.number().int().min(0),
  minor: z.number().int().min(0),
});
export type TierCounts = z.infer<typeof TierCounts>;

export const AlertPage = z.strictObject({
  alerts: z.array(AlertItem),
  open: TierCounts,
  /** Alerts the filter matches. */
  total: z.number().int().min(0),
  /** Give it as `after` for the page that follows; null on the last page. */
  next: z.string().nullable(),
});
export type AlertPage = z.infer<typeof AlertPage>;

/** The revision the person saw, so that nobody acknowledges what was corrected under their eyes. */
export const AcknowledgeRequest = z.strictObject({ revision: z.number().int().min(1) });
export type AcknowledgeRequest = z.infer<typeof AcknowledgeRequest>;
