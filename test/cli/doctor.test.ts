import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { freePort } from '../support/postgres.js';
import { temporaryFolder } from '../support/temporary.js';
import { overread } from './support/overread.js';

async function doctor(config: object, env: Readonly<Record<string, string>> = {}) {
  const folder = await temporaryFolder();
  const path = join(folder, 'overread.yaml');
  await writeFile(path, stringify({ dataDir: join(folder, 'data'), ...config }));
  return overread(['doctor', '--config', path], { env });
}

const HOOK = {
  type: 'webhook',
  name: 'qa',
  url: 'http://127.0.0.1:1/',
  secretFrom: 'OVERREAD_MADE_UP_SECRET',
};

test('looks at node, disk, secrets, database, feeds and the service, a line each', async () => {
  const { code, out } = await doctor({ operations: { port: await freePort() } });
  expect(code).toBe(0);
  expect(out).toMatch(/^ok {4}node +\d+\./m);
  expect(out).toMatch(/disk sync +fdatasync takes \d+\.\d\d ms/);
  expect(out).toMatch(/^ok {4}secrets +all there/m);
  expect(out).toMatch(/^warn {2}database +pglite survives/m);
  expect(out).toMatch(/^warn {2}feeds +0 feeds/m);
  expect(out).toMatch(/^warn {2}service +does not run on 127\.0\.0\.1:/m);
});

test('a secret that a channel needs and the environment lacks fails, by its name', async () => {
  const config = { operations: { port: await freePort() }, alerting: { channels: [HOOK] } };
  const missing = await doctor(config);
  expect(missing.code).toBe(1);
  expect(missing.out).toMatch(/^FAIL {2}secrets +not in the environment: OVERREAD_MADE_UP_SECRET/m);
  expect((await doctor(config, { OVERREAD_MADE_UP_SECRET: 'x' })).code).toBe(0);
});

test('a database and a broker that do not answer fail, and the other checks go on', async () => {
  const port = await freePort();
  const { code, out } = await doctor(
    {
      operations: { port },
      database: { engine: 'postgres', url: `postgres://nobody@127.0.0.1:${port}/none` },
      bus: { engine: 'kafka', brokers: [`127.0.0.1:${port}`] },
    },
    { OVERREAD_HASH_KEY: 'made-up' },
  );
  expect(code).toBe(1);
  expect(out).toMatch(/^FAIL {2}database +OVR_DATABASE_UNAVAILABLE/m);
  expect(out).toMatch(/^FAIL {2}broker 127\.0\.0\.1:\d+ +ECONNREFUSED/m);
  expect(out).toMatch(/^warn {2}service/m);
});

test('a service that is not ready fails with the parts it waits for', async () => {
  const parts = { gateway: { ready: false, detail: 'OVR_SPOOL_FULL' }, bus: { ready: true, detail: '' } };
  const server = createServer((_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify({ parts }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { code, out } = await doctor({ operations: { port } });
  server.close();
  expect([code, out]).toEqual([1, expect.stringMatching(/^FAIL {2}service +gateway: OVR_SPOOL_FULL$/m)]);
});
