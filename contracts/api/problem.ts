import { z } from 'zod';

/** Body of every answer that is not a success. `requestId` is in the log line too. */
export const ErrorBody = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), requestId: z.string() }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
