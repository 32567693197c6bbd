import { z } from 'zod';

/** Which stored messages go through the stages again; by the time they were taken in. */
export const ReplayRequest = z
  .strictObject({
    since: z.iso.datetime({ offset: true }),
    until: z.iso.datetime({ offset: true }).optional(),
    feed: z.string().min(1).optional(),
  })
  .refine((r) => r.until === undefined || Date.parse(r.since) <= Date.parse(r.until), {
    message: 'until is before since',
    path: ['until'],
  });
export type ReplayRequest = z.infer<typeof ReplayRequest>;

/** How far the latest replay is. `code` says why it failed. */
export const ReplayStatus = z.strictObject({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  request: ReplayRequest,
  startedAt: z.iso.datetime({ offset: true }),
  endedAt: z.iso.datetime({ offset: true }).nullable(),
  republished: z.number().int().min(0),
  code: z.string().nullable(),
});
export type ReplayStatus = z.infer<typeof ReplayStatus>;
