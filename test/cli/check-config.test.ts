import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../services/platform/index.js';
import { temporaryFolder } from '../support/temporary.js';
import { overread } from './support/overread.js';

async function check(text: string) {
  const path = join(await temporaryFolder(), 'overread.yaml');
  await writeFile(path, text);
  return overread(['check-config', path]);
}

test('a configuration without problems ends with 0', async () => {
  const { code, out } = await check('feeds:\n  - { name: ris, site: north, match: {} }\n');
  expect([code, out]).toEqual([0, expect.stringContaining('no problems')]);
});

test('every problem is named at once with line and path, and the exit code is 1', async () => {
  const { code, out } = await check('pages:\n  prt: 80\nfeeds:\n  - { name: RIS, site: north, match: {} }\n');
  expect(code).toBe(1);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines.some((line) => line.includes('line 2: pages.prt: there is no such setting'))).toBe(true);
  expect(lines.some((line) => line.includes('line 4: feeds.0.name'))).toBe(true);
});

test('text that is no YAML is a problem with its line', async () => {
  const { code, out } = await check('feeds: [\n  a: }\n');
  expect([code, out]).toEqual([1, expect.stringMatching(/line \d+/)]);
});

test('a file that is not there is an error with a code', async () => {
  const { code, err } = await overread(['check-config', '/nowhere/overread.yaml']);
  expect([code, err]).toEqual([1, expect.stringContaining('OVR_FILE_UNREADABLE')]);
});

test('the configurations that are shipped have no problems', async () => {
  const { code } = await overread(['check-config', join(packageRoot(), 'deploy/compose/overread.yaml')]);
  expect(code).toBe(0);
});
