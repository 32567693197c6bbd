import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../services/platform/index.js';

export type Source = { readonly path: string; readonly text: string };

/** Every file under a folder of the checkout whose name ends so; paths are relative to the checkout. */
export function sources(folder: string, ending: RegExp = /\.ts$/): Source[] {
  const root = packageRoot();
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The folders at the top of the checkout that hold files of the project's own. */
export function topFolders(): string[] {
  const outside = new Set(['node_modules', 'dist', 'coverage', 'overread-data']);
  return readdirSync(packageRoot(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !outside.has(entry.name) && !/^\.(git|cache)$/.test(entry.name))
    .map((entry) => entry.name);
}
