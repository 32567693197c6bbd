import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { errorCode } from '../../../platform/index.js';

/** Where a file goes: taken while it is read, then one of the others. Folders inside the configured one. */
export const PLACES = { taken: 'processing', done: 'done', rejected: 'rejected' } as const;
export type Place = keyof typeof PLACES;

export type Found = { readonly name: string; readonly size: number; readonly modified: number };

/** Names that programs give to files they still write. */
const UNFINISHED = new Set(['.tmp', '.part', '.filepart', '.partial', '.crdownload']);

export async function makePlaces(folder: string): Promise<void> {
  for (const place of Object.values(PLACES)) await mkdir(join(folder, place), { recursive: true });
}

/** The files that wait in a folder, oldest first. */
export async function lookInto(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .filter((name) => !UNFINISHED.has(extname(name).toLowerCase()));
  const found: Found[] = [];
  for (const name of names) {
    try {
      const { size, mtimeMs } = await stat(join(folder, name));
      found.push({ name, size, modified: mtimeMs });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return found.sort((a, b) => a.modified - b.modified || (a.name < b.name ? -1 : 1));
}

/** Moves without overwriting: a name that is there already gets the time put behind it. Returns the new path. */
export async function moveInto(from: string, folder: string, name: string, now: Date): Promise<string> {
  const taken = await stat(join(folder, name)).then(
    () => true,
    () => false,
  );
  const free = taken ? `${name}.${now.toISOString().replace(/[^0-9]/g, '')}` : name;
  const path = join(folder, free);
  await rename(from, path);
  return path;
}

/** Says beside a rejected file why it is there. */
export function explain(path: string, codes: readonly string[]): Promise<void> {
  return writeFile(`${path}.reason.txt`, `${[...new Set(codes)].join('\n')}\n`);
}
