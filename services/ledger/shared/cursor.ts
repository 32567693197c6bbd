import { z } from 'zod';
import { OverreadError } from '../../../contracts/index.js';

/** Where a page of a list ends: the values of its order, packed so that they can stand in an address. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Throws OVR_REQUEST_INVALID for what `encodeCursor` did not make. */
export function decodeCursor<T>(cursor: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new OverreadError('OVR_REQUEST_INVALID', 'after', { cause });
  }
}

/** Rank of the tier, milliseconds, id. */
export const WorklistPlace = z.tuple([z.number().int(), z.number(), z.string()]);
export type WorklistPlace = z.infer<typeof WorklistPlace>;

/** Milliseconds, id. */
export const DeadLetterPlace = z.tuple([z.number(), z.string()]);
