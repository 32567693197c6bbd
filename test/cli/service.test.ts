import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { Config, ErrorBody, IntakeReceipt, ServiceRole } from '../../contracts/index.js';
import { type Overread, startOverread } from '../../services/main.js';
import { createLogger, loadSecrets, systemClock } from '../../services/platform/index.js';
import { oru, tx } from '../ingest/normaliser/support.js';
import { eventually } from '../support/eventually.js';
import { jsonLines, overread, type RunOptions } from './support/overread.js';

const TOKENS = { admin: 'made-up-admin-token', viewer: 'made-up-viewer-token' } as const;
const ADMIN = { OVERREAD_TOKEN: TOKENS.admin };

const FEEDS = [
  { name: 'ris', site: 'north', match: { sendingApplication: 'RIS' }, sourceKind: 'radiologist' },
];
const GOOD = oru({ lines: tx('F', 'Clear lungs.') });
/** A status no feed knows: refused by the normaliser. */
const bad = (n: number) =>
  oru({ msh: { 9: `B${n}` }, obr: { 3: `ACC${n}`, 25: 'ZZ' }, lines: tx('ZZ', 'Small left effusion.') });

let folder = '';
let service: Overread;
let url = '';

beforeAll(async () => {
  // Its own: the hook that removes temporary folders runs before the service has stopped.
  folder = await mkdtemp(join(tmpdir(), 'overread-'));
  const config = Config.parse({
    dataDir: join(folder, 'data'),
    pages: { port: 0 },
    operations: { port: 0 },
    gateway: { mllp: [{ name: 'main', port: 0 }] },
    bus: { engine: 'sql', pollMs: 20 },
    feeds: FEEDS,
    review: {
      authentication: {
        mode: 'tokens',
        tokens: Object.entries(TOKENS).map(([role, token]) => ({
          name: role,
          role,
          sha256: createHash('sha256').update(token).digest('hex'),
        })),
      },
    },
  });
  service = await startOverread({
    config,
    secrets: loadSecrets(config, { OVERREAD_HASH_KEY: 'made-up' }),
    roles: ServiceRole.options,
    logger: createLogger({ level: 'error' }, { write: () => {} }),
    clock: systemClock,
  });
  url = `http://127.0.0.1:${service.ports().pages}`;
  const path = join(folder, 'messages.hl7');
  await writeFile(path, [GOOD, bad(1), bad(2)].join('\r'));
  const sent = await overread(['send', '--port', String(service.ports().mllp.main), path]);
  expect([sent.code, sent.err]).toEqual([0, '']);
  await eventually(async () => expect(jsonLines(await letters('list', '--json'))).toHaveLength(2));
}, 60_000);

afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

const ask = (args: readonly string[], options: RunOptions = { env: ADMIN }) =>
  overread([...args, '--url', url], options);
const letters = (...args: readonly string[]) => ask(['dead-letters', ...args]);

describe('dead-letters', () => {
  test('list names each with stage and code, newest first, and what narrows it', async () => {
    const { code, out } = await letters('list');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    expect(out).toMatch(
      /^\S+ {2}\d{4}-\d\d-\d\dT[\d:]{8}Z {2}open +normaliser +OVR_STATUS_UNKNOWN +\d+ bytes/,
    );
    expect(out).not.toContain('effusion');
    const none = await letters('list', '--code', 'OVR_HL7_UNREADABLE');
    expect([none.code, none.out, none.err]).toEqual([0, '', 'none\n']);
    const one = await letters('list', '--limit', '1');
    expect([one.out.trimEnd().split('\n').length, one.err]).toEqual([1, expect.stringContaining('--limit')]);
  });

  test('show says code, place and remedy, and with --original writes the bytes alone', async () => {
    const [letter] = jsonLines(await letters('list', '--json', '--limit', '1'));
    const id = String(letter?.id);
    const shown = await letters('show', id);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^code +OVR_STATUS_UNKNOWN$/m);
    expect(shown.out).toMatch(/^place +stage normaliser/m);
    expect(shown.out).toMatch(/^do +Ask the sender what the value means/m);
    expect(shown.out).toMatch(/^came in +mllp, main, feed ris$/m);
    expect(shown.out).not.toContain('effusion');
    const original = await letters('show', id, '--original');
    expect([bad(1), bad(2)]).toContain(original.bytes.toString().trimEnd());
  });

  test('one that is not there is an error with a code', async () => {
    const { code, err } = await letters('show', 'dl_nowhere');
    expect([code, err]).toEqual([1, expect.stringContaining('OVR_NOT_FOUND')]);
  });

  test('retry puts back what is named, says what cannot be, and fails again as a new one', async () => {
    const [first, second] = jsonLines(await letters('list', '--json')).map(({ id }) => String(id));
    const one = await letters('retry', first ?? '', 'dl_nowhere');
    expect(one.code).toBe(1);
    expect(one.out).toContain(`${first}  put back on overread.hl7.v1`);
    expect(one.out).toContain('dl_nowhere  OVR_NOT_FOUND');
    expect(one.err).toContain('1 of 2 put back');
    await eventually(async () => {
      const open = jsonLines(await letters('list', '--json')).map(({ id }) => id);
      expect(open).toHaveLength(2);
      expect(open).toContain(second);
      expect(open).not.toContain(first);
    });
    expect(await letters('retry', first ?? '')).toMatchObject({
      code: 1,
      out: expect.stringContaining('OVR_DEAD_LETTER_DONE'),
    });
  });

  test('retry --all puts back every open one of a code', async () => {
    const all = await letters('retry', '--all', '--code', 'OVR_STATUS_UNKNOWN');
    expect([all.code, all.err]).toEqual([0, '2 of 2 put back\n']);
    await eventually(async () => expect(jsonLines(await letters('list', '--json'))).toHaveLength(2));
  });

  test.each([[['retry']], [['retry', 'dl_1', '--all']]])('%j is refused: ids or --all', async (args) => {
    expect(await letters(...args)).toMatchObject({
      code: 1,
      err: expect.stringContaining('give the ids, or --all'),
    });
  });
});

describe('normalise --stored', () => {
  async function rules(feeds: readonly object[]): Promise<string> {
    const path = join(folder, 'new.yaml');
    await writeFile(path, stringify({ feeds }));
    return path;
  }
  const known = FEEDS.map((feed) => ({ ...feed, statusMap: { ZZ: 'final' } }));

  test('says what changed rules would make of the stored messages, without a word of them', async () => {
    const { code, out } = await ask(['normalise', '--stored', '--rules', await rules(known)]);
    expect(code).toBe(0);
    expect(out).toContain('3 messages read, 2 would be read otherwise (everything stored was read)');
    expect(out).toMatch(/^ {2}accepted +1 → 3$/m);
    expect(out).toMatch(/^ {2}refused +2 → 0$/m);
    expect(out).toMatch(/^ {2}code: OVR_STATUS_UNKNOWN → \(absent\)$/m);
    expect(out).not.toContain('effusion');
  });

  test('gives the answer as JSON, no further than asked', async () => {
    const path = await rules(FEEDS);
    const run = await ask(['normalise', '--stored', '--rules', path, '--limit', '1', '--json']);
    expect(JSON.parse(run.out)).toMatchObject({ read: 1, changed: 0, ended: 'limit' });
    const later = await ask(['normalise', '--stored', '--rules', path, '--since', '2999-01-01', '--json']);
    expect(JSON.parse(later.out)).toMatchObject({ read: 0, ended: 'all', until: null });
  });

  test('does not ask with rules that have problems', async () => {
    const path = await rules([{ name: 'ris' }]);
    const { code, err } = await ask(['normalise', '--stored', '--rules', path]);
    expect([code, err]).toEqual([1, expect.stringContaining('OVR_CONFIG_INVALID')]);
  });
});

describe('replay', () => {
  test('puts stored messages through again and says how many', async () => {
    const { code, out } = await ask(['replay', '--since', '2020-01-01', '--feed', 'ris']);
    expect(code).toBe(0);
    const [, count] = /^replay done: (\d+) messages put back in \d+\.\d s$/m.exec(out) ?? [];
    // The three that were sent, and what retries put back.
    expect(Number(count)).toBeGreaterThanOrEqual(3);
  });

  test('of a feed that is not there puts back nothing', async () => {
    expect((await ask(['replay', '--feed', 'nobody'])).out).toMatch(/^replay done: 0 messages/);
  });

  test('with a time that is none is refused before anything is asked', async () => {
    const { code, err } = await ask(['replay', '--since', 'yesterday']);
    expect([code, err]).toEqual([1, expect.stringContaining('a day (2026-03-01)')]);
  });
});

describe('who asks', () => {
  test('has to say so: without a token it is told how', async () => {
    const { code, err } = await ask(['replay'], {});
    expect(code).toBe(1);
    expect(err).toContain('OVR_UNAUTHENTICATED');
    expect(err).toContain('set OVERREAD_TOKEN');
  });

  test('has to be an admin', async () => {
    const { code, err } = await ask(['dead-letters', 'list'], { env: { OVERREAD_TOKEN: TOKENS.viewer } });
    expect(code).toBe(1);
    expect(err).toContain('OVR_FORBIDDEN');
    expect(err).toContain('the token needs the role admin');
  });

  test('hears a refusal once, not for every letter', async () => {
    const run = await ask(['dead-letters', 'retry', 'dl_1', 'dl_2'], {});
    expect([run.code, run.out]).toEqual([1, '']);
    expect(run.err.match(/OVR_UNAUTHENTICATED:/g)).toHaveLength(1);
  });

  test('finds the address in the configuration', async () => {
    const path = join(folder, 'address.yaml');
    await writeFile(path, stringify({ pages: { port: service.ports().pages } }));
    const { code } = await overread(['dead-letters', 'list', '--config', path], { env: ADMIN });
    expect(code).toBe(0);
  });
});

describe('reports over HTTP', () => {
  const post = (token: string, body: string) =>
    fetch(`${url}/api/v1/hl7`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      body,
    });

  test('are taken from whoever may send them', async () => {
    expect((await post(TOKENS.viewer, GOOD)).status).toBe(403);
    const taken = await post(TOKENS.admin, GOOD);
    expect(taken.status).toBe(202);
    expect(IntakeReceipt.parse(await taken.json()).messageId).toMatch(/^msg_/);
  });

  test('are refused with the same body of an error as everything else', async () => {
    const refused = await post(TOKENS.admin, 'no message');
    expect(refused.status).toBe(400);
    expect(ErrorBody.parse(await refused.json()).error.code).toBe('OVR_HL7_NO_MSH');
  });
});
