import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** One file of the spool. `size` counts durable bytes only; `sealed` files are never written again. */
export type Segment = {
  readonly number: number;
  readonly path: string;
  size: number;
  /** When the newest record was written, for keepHours. */
  lastWrite: number;
  sealed: boolean;
};

const NAME = /^(\d{16})\.seg$/;

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(16, '0')}.seg`);
}

/** The segments of a folder, oldest first. What an earlier run has written is sealed: a new run begins a new file. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const numbers = (await readdir(folder))
    .map((name) => NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  return Promise.all(
    numbers.map(async (number) => {
      const path = segmentPath(folder, number);
      const { size, mtimeMs } = await stat(path);
      return { number, path, size, lastWrite: mtimeMs, sealed: true };
    }),
  );
}

/**
 * Removes sealed segments before the cursor: those older than `keepMs`, and as many more of the oldest as it takes
 * to free `needBytes`, because a new report is worth more than a copy of one that was handed on.
 */
export async function dropDrained(
  segments: Segment[],
  drainedBefore: number,
  olderThan: number,
  needBytes: number,
): Promise<number> {
  let freed = 0;
  for (;;) {
    const oldest = segments[0];
    if (oldest === undefined || !oldest.sealed || oldest.number >= drainedBefore) return freed;
    if (oldest.lastWrite >= olderThan && freed >= needBytes) return freed;
    await unlink(oldest.path);
    segments.shift();
    freed += oldest.size;
  }
}
