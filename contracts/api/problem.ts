import { z } from 'zod';

/**
 * Body of every answer that is not a success. `detail` names the place (field, limit), never a value, and is in
 * `message` too; `requestId` is in the log line too.
 */
export const ErrorBody = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), detail: z.string(), requestId: z.string() }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
