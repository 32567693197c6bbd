import { z } from 'zod';

export const DeadLetterState = z.enum(['open', 'retried', 'discarded']);
export type DeadLetterState = z.infer<typeof DeadLetterState>;

/** An event a stage gave up on: where, why, and what it was. Holds no report data. */
export const DeadLetterItem = z.strictObject({
  id: z.string(),
  code: z.string(),
  stage: z.string(),
  detail: z.string(),
  attempts: z.number().int().min(0),
  originalTopic: z.string(),
  originalType: z.string(),
  originalId: z.string(),
  bytes: z.number().int().min(0),
  at: z.iso.datetime({ offset: true }),
  state: DeadLetterState,
  changedBy: z.string().nullable(),
  changedAt: z.iso.datetime({ offset: true }).nullable(),
});
export type DeadLetterItem = z.infer<typeof DeadLetterItem>;

/** With the original: private, and every look is in the audit trail. */
export const DeadLetterDetail = z.strictObject({
  ...DeadLetterItem.shape,
  originalKey: z.string(),
  originalContentType: z.string(),
  originalAttributes: z.record(z.string(), z.string()),
  /** The original bytes in base64. */
  originalData: z.base64(),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

export const DeadLetterQuery = z.strictObject({
  state: z.enum([...DeadLetterState.options, 'any']).default('open'),
  stage: z.string().max(100).optional(),
  code: z.string().max(100).optional(),
  after: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,300}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DeadLetterQuery = z.infer<typeof DeadLetterQuery>;

export const DeadLetterPage = z.strictObject({
  deadLetters: z.array(DeadLetterItem),
  total: z.number().int().min(0),
  next: z.string().nullable(),
});
export type DeadLetterPage = z.infer<typeof DeadLetterPage>;
