import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { openDataDir, packageRoot } from '../../services/platform/index.js';
import { temporaryFolder } from '../support/temporary.js';

const MODULE = pathToFileURL(join(packageRoot(), 'dist/services/platform/data-dir.js')).href;

/** Opens the folder as a user without rights: root may everything, so it borrows `nobody`. */
function openAsNobody(folder: string): string {
  const program = `const { openDataDir } = await import(${JSON.stringify(MODULE)});
    try { openDataDir(${JSON.stringify(folder)}); console.log('open'); }
    catch (error) { console.log(error.code, error.detail); }`;
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    ...nobody,
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`.trim();
}

test('a folder that is missing is made, also below others that are', async () => {
  const folder = join(await temporaryFolder(), 'a', 'b');
  openDataDir(folder);
  openDataDir(folder);
  expect(existsSync(folder)).toBe(true);
});

test('a file where the folder should be is refused with a code', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  expect(() => openDataDir(file)).toThrow(expect.objectContaining({ code: 'OVR_DATA_DIR_UNUSABLE' }));
});

test('a folder the user may not write, or may not make, is refused with its path', async () => {
  const parent = await temporaryFolder();
  const folder = join(parent, 'data');
  await mkdir(folder);
  await chmod(folder, 0o555);
  await chmod(parent, 0o555);
  expect(openAsNobody(folder)).toBe(`OVR_DATA_DIR_UNUSABLE ${folder} EACCES`);
  const inside = join(folder, 'below');
  expect(openAsNobody(inside)).toBe(`OVR_DATA_DIR_UNUSABLE ${inside} EACCES`);
  await chmod(parent, 0o777);
});

test('what somebody else left in the folder is named', async () => {
  const parent = await temporaryFolder();
  await chmod(parent, 0o777);
  const folder = join(parent, 'data');
  await mkdir(folder);
  await chmod(folder, 0o777);
  await writeFile(join(folder, 'hash.key'), 'x');
  await chmod(join(folder, 'hash.key'), 0o400);
  expect(openAsNobody(folder)).toBe(`OVR_DATA_DIR_UNUSABLE ${join(folder, 'hash.key')} EACCES`);
});
