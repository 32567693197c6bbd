import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { packageRoot } from '../../services/platform/index.js';
import { eventually } from '../support/eventually.js';
import { temporaryFolder } from '../support/temporary.js';
import { overread } from './support/overread.js';

/** `serve` with this configuration, which must not start; what it says on standard error, line by line. */
async function refused(config: unknown, ...args: string[]): Promise<string[]> {
  const path = join(await temporaryFolder(), 'overread.yaml');
  await writeFile(path, typeof config === 'string' ? config : stringify(config));
  const { code, err } = await overread(['serve', '--config', path, ...args]);
  expect(code).toBe(1);
  expect(err).not.toMatch(/^ +at /m);
  return err.trimEnd().split('\n');
}

test('a configuration with several problems is refused with a line for each', async () => {
  const lines = await refused('retentionDays: 0\npages: { prot: 1 }\nfeeds:\n  - name: A B\n');
  expect(lines[0]).toMatch(/^OVR_CONFIG_INVALID: /);
  expect(lines.filter((line) => /^ {2}line \d+: /.test(line)).map((line) => line.split(': ')[1])).toEqual(
    expect.arrayContaining(['retentionDays', 'pages.prot', 'feeds.0.name', 'feeds.0.site']),
  );
});

test('a port somebody else has is refused with the name of its setting', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : null;
  const dataDir = join(await temporaryFolder(), 'data');
  const lines = await refused({ dataDir, operations: { port }, pages: { port: 0 } });
  expect(lines.slice(0, 2)).toEqual(['OVR_PORT_IN_USE: a port is in use', `  operations.port ${port}`]);
  other.close();
}, 30_000);

test('a data folder that cannot be one is refused with its path', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  const lines = await refused({ dataDir: file, operations: { port: 0 }, pages: { port: 0 } });
  expect(lines[0]).toMatch(/^OVR_DATA_DIR_UNUSABLE: /);
  expect(lines[1]).toContain(file);
});

test('a role that does not exist is refused', async () => {
  expect((await refused({}, '--roles', 'ingest,drift'))[0]).toContain('a list of ingest, pairing');
});

test('SIGTERM while it is still starting ends it in order', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'overread.yaml');
  const dataDir = join(folder, 'data');
  await writeFile(path, stringify({ dataDir, operations: { port: 0 }, pages: { port: 0 } }));
  const program = join(packageRoot(), 'dist/services/cli/index.js');
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [program, 'serve', '--config', path], { env, stdio: 'ignore' });
  const lock = join(dataDir, 'pglite.lock');
  await eventually(() => expect(existsSync(lock)).toBe(true));
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(lock)).toBe(false);
}, 30_000);
