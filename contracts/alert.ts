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

/** Body of a webhook and value on the alerts topic. */
export const AlertNotice = z.strictObject({
  type: z.enum(['alert.raised', 'alert.revised', 'alert.withdrawn', 'alert.acknowledged', 'alert.digest']),
  alerts: z.array(Alert),
  sentAt: z.iso.datetime({ offset: true }),
  notice: z.literal('retrospective QA - not a critical-result channel'),
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
