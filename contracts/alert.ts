import { z } from 'zod';
import { Generator } from './report-version.js';
import { Aspect, Significance } from './vocabulary.js';

export const AlertState = z.enum(['open', 'acknowledged', 'withdrawn']);
export type AlertState = z.infer<typeof AlertState>;

/**
 * What a person must look at. The id is a hash of study, generator and rule; a correction makes a new revision
 * of the same alert. Carries no report text and no identifier of patient or study that another system knows.
 */
export const Alert = z.strictObject({
  id: z.string().regex(/^alert_[0-9a-f]{32}$/),
  revision: z.number().int().min(1),
  rule: z.string(),
  state: AlertState,
  pairId: z.string(),
  generator: Generator,
  modality: z.string().nullable(),
  significance: Significance.exclude(['none']),
  aspects: z.array(Aspect),
  discrepancies: z.number().int().min(1),
  link: z.string(),
  raisedAt: z.iso.datetime({ offset: true }),
  updatedAt: z.iso.datetime({ offset: true }),
});
export type Alert = z.infer<typeof Alert>;

export const NoticeType = z.enum([
  'alert.raised',
  'alert.revised',
  'alert.withdrawn',
  'alert.acknowledged',
  'alert.digest',
]);
export type NoticeType = z.infer<typeof NoticeType>;

/** Stands on every page, mail and payload: nobody may wait for an alert to act on a result. */
export const RETROSPECTIVE_NOTICE = 'retrospective QA - not a critical-result channel';

/** Body of a webhook and value on the alerts topic. */
export const AlertNotice = z.strictObject({
  type: NoticeType,
  /** One alert; in a digest the worst ones first, at most a hundred. */
  alerts: z.array(Alert),
  /** Digests only: how many alerts stand in it for each tier, those not listed included. */
  counts: z
    .strictObject({
      urgent: z.number().int().min(0),
      actionable: z.number().int().min(0),
      withdrawn: z.number().int().min(0),
    })
    .optional(),
  sentAt: z.iso.datetime({ offset: true }),
  notice: z.literal(RETROSPECTIVE_NOTICE),
});
export type AlertNotice = z.infer<typeof AlertNotice>;

/** A statistical or operational signal about a generator or a feed. */
export const Alarm = z.strictObject({
  id: z.string(),
  name: z.string(),
  subject: z.string(),
  message: z.string(),
  remedy: z.string(),
  raisedAt: z.iso.datetime({ offset: true }),
});
export type Alarm = z.infer<typeof Alarm>;
