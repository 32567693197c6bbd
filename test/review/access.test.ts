import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AccessRole, API, REVIEW_API } from '../../contracts/index.js';
import { type Database, includesRole } from '../../services/platform/index.js';
import { NODULE } from './support/cases.js';
import { alertId, insertCase, pairId } from './support/ledger.js';
import { openLedger, type RunningReview, startReview } from './support/service.js';

/** Pages by the least role they need; the operations of the API say theirs in the contract. */
const PAGES = [
  { method: 'get', path: '/', role: 'viewer' },
  { method: 'get', path: '/cases/:pairId', role: 'viewer' },
  { method: 'post', path: '/cases/:pairId/acknowledge', role: 'reviewer' },
  { method: 'get', path: '/feeds', role: 'viewer' },
  { method: 'get', path: '/dead-letters', role: 'admin' },
  { method: 'get', path: '/dead-letters/:deadLetterId', role: 'admin' },
  { method: 'post', path: '/dead-letters/:deadLetterId/retry', role: 'admin' },
] as const;

const DOORS = [...Object.values(REVIEW_API), ...PAGES].map(({ method, path, role }) => ({
  method,
  path,
  role,
}));

let database: Database;
let review: RunningReview;
const tokens = AccessRole.options.map((role) => ({
  name: role,
  role,
  sha256: createHash('sha256').update(`token of ${role}`).digest('hex'),
}));
const asRole = (role: AccessRole) => ({
  authorization: `Basic ${Buffer.from(`x:token of ${role}`).toString('base64')}`,
});
const address = (path: string) =>
  path
    .replace(':alertId', alertId(NODULE.name))
    .replace(':pairId', pairId(NODULE.name))
    .replace(':deadLetterId', 'nobody');

beforeAll(async () => {
  database = await openLedger();
  await insertCase(database, NODULE);
  review = await startReview(database, { authentication: { mode: 'tokens', tokens } });
}, 60_000);
afterAll(async () => {
  await review.stop();
  await database.close();
});

describe.each(DOORS)('$method $path', ({ method, path, role }) => {
  const knock = (headers: Record<string, string>) =>
    method === 'get' ? review.get(address(path), headers) : review.post(address(path), null, headers);

  test(`needs the role ${role}`, async () => {
    expect((await knock({})).status).toBe(401);
    for (const held of AccessRole.options) {
      const { status } = await knock(asRole(held));
      if (includesRole(held, role)) expect([200, 202, 303, 400, 404, 409]).toContain(status);
      else expect({ held, status }).toEqual({ held, status: 403 });
    }
  });
});

test('a page of another site cannot post, whoever is logged in', async () => {
  const posts = DOORS.filter(({ method }) => method === 'post');
  expect(posts.length).toBeGreaterThan(4);
  for (const { path } of posts) {
    const answer = await review.post(address(path), null, {
      ...asRole('admin'),
      'sec-fetch-site': 'cross-site',
      origin: 'https://evil.example',
    });
    expect({ path, status: answer.status }).toEqual({ path, status: 403 });
  }
});

test('nothing changes by GET', () => {
  expect(Object.values(API).filter(({ method, body }) => method === 'get' && body !== null)).toEqual([]);
});

test('who may only look sees no button', async () => {
  await database.query(
    `update alert set state = 'open', document = jsonb_set(document, '{state}', '"open"')`,
  );
  const page = async (role: AccessRole) =>
    (await review.get(`/cases/${pairId(NODULE.name)}`, asRole(role))).text();
  expect(await page('viewer')).not.toContain('<button');
  expect(await page('reviewer')).toContain('Acknowledge</button>');
  expect(await page('reviewer')).not.toContain('href="/dead-letters"');
});
