import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What the disk allows at one concurrency, in messages a second. */
export type SyncCeiling = {
  /** Each writer appends to a file of its own and waits for its own fdatasync, as a simple receiver would. */
  readonly independent: number;
  /** All writers share one append and one fdatasync each time: the best any receiver could do. */
  readonly shared: number;
};

/** Appends `bytes` and calls fdatasync in `folder`, for `seconds` each way; the folder must be on the spool's disk. */
export async function measureSyncCeiling(options: {
  readonly folder: string;
  readonly bytes: number;
  readonly writers: number;
  readonly seconds: number;
}): Promise<SyncCeiling> {
  const folder = await mkdtemp(join(options.folder, '.sync-ceiling-'));
  const message = Buffer.alloc(options.bytes, 0x41);
  const batch = Buffer.concat(Array.from({ length: options.writers }, () => message));
  async function appendUntil(file: string, data: Buffer, deadline: number): Promise<number> {
    const handle = await open(join(folder, file), 'a');
    let count = 0;
    for (; performance.now() < deadline; count += 1) {
      await handle.write(data);
      await handle.datasync();
    }
    await handle.close();
    return count;
  }
  try {
    const first = performance.now() + options.seconds * 1000;
    const writers = Array.from({ length: options.writers }, (_, n) =>
      appendUntil(`own-${n}`, message, first),
    );
    const independent = (await Promise.all(writers)).reduce((sum, count) => sum + count, 0);
    const second = performance.now() + options.seconds * 1000;
    const shared = (await appendUntil('shared', batch, second)) * options.writers;
    return { independent: independent / options.seconds, shared: shared / options.seconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
