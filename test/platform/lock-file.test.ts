import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from '@jest/globals';
import { acquireLockFile, packageRoot } from '../../services/platform/index.js';
import { temporaryFolder } from '../support/temporary.js';

const MODULE = pathToFileURL(join(packageRoot(), 'dist/services/platform/lock-file.js')).href;
const TAKE = `const { acquireLockFile } = await import(${JSON.stringify(MODULE)});
acquireLockFile(process.env.LOCK, 'OVR_SPOOL_LOCKED');`;

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A process of its own that holds `path`, until it is killed. */
async function holder(path: string) {
  const program = `${TAKE} process.stdout.write('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_OPTIONS: '', LOCK: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

const lockIn = async () => join(await temporaryFolder(), 'lock');
const acquire = (path: string) => {
  const release = acquireLockFile(path, 'OVR_DATABASE_LOCKED');
  ends.push(release);
  return release;
};
const refused = expect.objectContaining({ code: 'OVR_DATABASE_LOCKED' });

test('what a living process holds is refused with its pid; after SIGKILL it is taken over', async () => {
  const path = await lockIn();
  const other = await holder(path);
  expect(() => acquire(path)).toThrow(
    expect.objectContaining({ code: 'OVR_DATABASE_LOCKED', detail: `process ${other.pid}` }),
  );
  await other.kill();
  acquire(path);
  expect(Number.parseInt(readFileSync(path, 'utf8'), 10)).toBe(process.pid);
});

test('what this process holds is refused, until it is released', async () => {
  const path = await lockIn();
  const release = acquire(path);
  expect(() => acquire(path)).toThrow(refused);
  expect(() => acquire(join(path, '..', 'lock'))).toThrow(refused);
  release();
  expect(existsSync(path)).toBe(false);
  acquire(path)();
});

test('our own pid left by a process before a crash is taken over, as pid 1 of a container needs', async () => {
  const path = await lockIn();
  await writeFile(path, `${process.pid} 1`);
  acquire(path)();
  await writeFile(path, String(process.pid));
  acquire(path);
});

test('a thread that was started anew takes over from the one that died', async () => {
  const path = await lockIn();
  const run = async () => {
    const url = new URL(`data:text/javascript,${encodeURIComponent(TAKE)}`);
    const worker = new Worker(url, { env: { LOCK: path } });
    return (await once(worker, 'exit'))[0];
  };
  expect([await run(), await run()]).toEqual([0, 0]);
});

test('a pid that belongs to somebody else since a reboot is no owner', async () => {
  const path = await lockIn();
  await writeFile(path, `${process.ppid} 1`);
  acquire(path);
});

test('a file of an older release, a pid alone, is respected while that process lives', async () => {
  const path = await lockIn();
  await writeFile(path, String(process.ppid));
  expect(() => acquire(path)).toThrow(refused);
  expect(readFileSync(path, 'utf8')).toBe(String(process.ppid));
});

test.each(['', 'rubbish', '999999999', '0', '-5'])(
  'a file that names nobody (%j) is taken over',
  async (mark) => {
    const path = await lockIn();
    await writeFile(path, mark);
    acquire(path);
    expect(await readdir(join(path, '..'))).toEqual(['lock']);
  },
);
