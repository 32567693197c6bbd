import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../../../platform/index.js';
import { replaceFile } from './disk.js';

const FILE = 'cursor.json';

/**
 * Up to where the spool is drained. `clean` is true only between an orderly end and the next start: without it the
 * bus may have lost what it had taken (an embedded database does not survive a power cut), so all is drained again.
 */
export const Cursor = z.object({
  segment: z.number().int().min(0),
  offset: z.number().int().min(0),
  clean: z.boolean(),
});
export type Cursor = z.infer<typeof Cursor>;

export async function readCursor(folder: string): Promise<Cursor | null> {
  try {
    const parsed = Cursor.safeParse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

export function writeCursor(folder: string, cursor: Cursor): Promise<void> {
  return replaceFile(folder, FILE, JSON.stringify(cursor));
}
