import { writeSync } from 'node:fs';
import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The writes of the spool, so that a test can fill the disk. Every method rejects with the system's error. */
export type Disk = {
  create(path: string): Promise<FileHandle>;
  write(file: FileHandle, bytes: Buffer, position: number): Promise<void>;
  /** Resolves when the bytes survive a power cut. */
  sync(file: FileHandle): Promise<void>;
  truncate(file: FileHandle, length: number): Promise<void>;
};

export const realDisk: Disk = {
  create: (path) => open(path, 'wx', 0o600),
  // Into the page cache, which is quicker than the way to another thread and back; what takes time is the sync.
  async write(file, bytes, position) {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(file.fd, bytes, done, bytes.length - done, position + done);
    }
  },
  sync: (file) => file.datasync(),
  truncate: (file, length) => file.truncate(length),
};

/** Makes a created, renamed or removed name of a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a small file so that after a crash either the old or the new content is there. */
export async function replaceFile(folder: string, name: string, content: string): Promise<void> {
  const temporary = join(folder, `${name}.new`);
  await writeFile(temporary, content, { mode: 0o600, flush: true });
  await rename(temporary, join(folder, name));
  await syncFolder(folder);
}
