import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Config } from '../../../contracts/index.js';
import { checkConfig, loadConfig, loadSecrets } from '../../../services/platform/index.js';
import { temporaryFolder } from '../../support/temporary.js';

describe('checking a configuration', () => {
  test('an empty file is the default: embedded engines, everything on loopback', () => {
    const check = checkConfig('');
    expect(check).toMatchObject({
      ok: true,
      config: {
        database: { engine: 'pglite' },
        bus: { engine: 'sql' },
        pages: { host: '127.0.0.1' },
        retentionDays: 183,
      },
    });
  });

  test('every problem is named at once, with its path and line', () => {
    const check = checkConfig(
      [
        'pages:',
        '  prot: 8080',
        'feeds:',
        '  - name: RIS Main',
        '    match: {}',
        'alerting:',
        '  rules:',
        '    - name: a',
        '      channels: [pager]',
      ].join('\n'),
    );
    expect(check.ok).toBe(false);
    const problems = check.ok ? [] : check.problems;
    expect(problems).toEqual(
      expect.arrayContaining([
        { path: 'pages.prot', message: 'there is no such setting', line: 2 },
        expect.objectContaining({ path: 'feeds.0.name', line: 4 }),
        expect.objectContaining({ path: 'feeds.0.site', line: 4 }),
      ]),
    );
  });

  test('references between parts are checked: a rule cannot name a channel that is not there', () => {
    const check = checkConfig('alerting:\n  rules:\n    - name: a\n      channels: [pager]\n');
    expect(check).toEqual({
      ok: false,
      problems: [{ path: 'alerting.rules.0.channels.0', message: 'no channel is named "pager"', line: 4 }],
    });
  });

  test('broken YAML is answered with the line', () => {
    const check = checkConfig('pages:\n  port: [1\n');
    expect(check.ok ? null : check.problems[0]?.line).toBeGreaterThanOrEqual(2);
  });

  test('kafka beside the embedded database is refused', () => {
    const check = checkConfig('bus:\n  engine: kafka\n  brokers: [127.0.0.1:9092]\n');
    expect(check.ok ? [] : check.problems.map((p) => p.path)).toEqual(['bus.engine']);
  });
});

describe('loading', () => {
  test('a file that is not there and a file with problems have different codes', async () => {
    const folder = await temporaryFolder();
    expect(() => loadConfig(join(folder, 'none.yaml'))).toThrow('OVR_CONFIG_UNREADABLE');
    await writeFile(join(folder, 'bad.yaml'), 'nonsense: 1\n');
    expect(() => loadConfig(join(folder, 'bad.yaml'))).toThrow('line 1: nonsense: there is no such setting');
  });

  test('one box makes its hash key once and keeps it from others', async () => {
    const config = Config.parse({ dataDir: await temporaryFolder() });
    const first = loadSecrets(config, {}).hashKey;
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(loadSecrets(config, {}).hashKey).toBe(first);
    expect((await stat(join(config.dataDir, 'hash.key'))).mode & 0o077).toBe(0);
  });

  test('several machines must be given the hash key they share', () => {
    const config = Config.parse({
      database: { engine: 'postgres', url: 'postgres://overread@127.0.0.1/overread' },
      bus: { engine: 'kafka', brokers: ['127.0.0.1:9092'] },
    });
    expect(() => loadSecrets(config, {})).toThrow('OVERREAD_HASH_KEY');
    expect(loadSecrets(config, { OVERREAD_HASH_KEY: 'k' }).hashKey).toBe('k');
  });
});
