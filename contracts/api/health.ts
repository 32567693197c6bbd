import { z } from 'zod';

/** What hospital IT asks first; times are receive times. */
export const HealthSummary = z.strictObject({
  ready: z.boolean(),
  parts: z.record(z.string(), z.strictObject({ ready: z.boolean(), detail: z.string() })),
  feeds: z.array(
    z.strictObject({
      name: z.string(),
      lastReceivedAt: z.iso.datetime({ offset: true }).nullable(),
      lastDay: z.number().int().min(0),
    }),
  ),
  waiting: z.strictObject({
    /** Drafts without a final, finals without a draft. */
    forFinal: z.number().int().min(0),
    forDraft: z.number().int().min(0),
    /** Longer than configured. */
    overdue: z.number().int().min(0),
    oldestSince: z.iso.datetime({ offset: true }).nullable(),
  }),
  deadLetters: z.array(z.strictObject({ stage: z.string(), code: z.string(), open: z.number().int() })),
  deliveries: z.array(
    z.strictObject({
      channel: z.string(),
      pending: z.number().int().min(0),
      failed: z.number().int().min(0),
      lastDeliveredAt: z.iso.datetime({ offset: true }).nullable(),
      lastError: z.string().nullable(),
    }),
  ),
  lag: z.array(z.strictObject({ group: z.string(), topic: z.string(), events: z.number().int() })),
});
export type HealthSummary = z.infer<typeof HealthSummary>;
