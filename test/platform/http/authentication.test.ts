import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Router } from 'express';
import { AccessRole, type ReviewConfig } from '../../../contracts/index.js';
import { identityOf, requireRole } from '../../../services/platform/index.js';
import { http } from './support.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));

async function asking(authentication: ReviewConfig['authentication']) {
  const router = Router();
  router.get('/me', (_request, response) => {
    response.json(identityOf(response));
  });
  for (const role of AccessRole.options) {
    router.get(`/${role}`, requireRole(role), (_request, response) => {
      response.json({});
    });
  }
  const base = http({ routers: [router], authentication });
  running.push(base.service);
  await base.service.start();
  return (path: string, headers: Record<string, string> = {}) => fetch(base.url(path), { headers });
}

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const TOKENS = {
  mode: 'tokens',
  tokens: AccessRole.options.map((role) => ({ name: `the ${role}`, sha256: sha256(`secret-${role}`), role })),
} as const;

describe('tokens', () => {
  test.each(AccessRole.options)('the role %s includes the roles before it and no other', async (role) => {
    const ask = await asking({ ...TOKENS, tokens: [...TOKENS.tokens] });
    const headers = { authorization: `Bearer secret-${role}` };
    const held = AccessRole.options.indexOf(role);
    for (const [needed, path] of AccessRole.options.entries()) {
      expect({ path, status: (await ask(`/${path}`, headers)).status }).toEqual({
        path,
        status: needed <= held ? 200 : 403,
      });
    }
  });

  test('a browser is asked for its token, and sends it as a password', async () => {
    const ask = await asking({ ...TOKENS, tokens: [...TOKENS.tokens] });
    const refused = await ask('/me', { accept: 'text/html,*/*' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('Basic');
    const basic = `Basic ${Buffer.from('anyone:secret-lead').toString('base64')}`;
    expect(await (await ask('/me', { authorization: basic })).json()).toEqual({
      name: 'the lead',
      role: 'lead',
    });
  });

  test.each([
    ['nothing', ''],
    ['a wrong token', 'Bearer secret-nobody'],
    ['the hash instead of the token', `Bearer ${sha256('secret-admin')}`],
    ['another scheme', 'Digest secret-admin'],
    ['a password without a name', `Basic ${Buffer.from('secret-admin').toString('base64')}`],
  ])('%s is refused with a challenge', async (_what, authorization) => {
    const ask = await asking({ ...TOKENS, tokens: [...TOKENS.tokens] });
    const answer = await ask('/me', authorization === '' ? {} : { authorization });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.json()).toMatchObject({ error: { code: 'OVR_UNAUTHENTICATED' } });
  });
});

describe('a trusted proxy', () => {
  const proxy = (proxies: string[]) => ({
    mode: 'trusted_proxy' as const,
    userHeader: 'x-user',
    roleHeader: 'x-groups',
    proxies,
  });

  test.each([['127.0.0.1'], ['127.0.0.0/8']])('at %s names the user and the role', async (address) => {
    const ask = await asking(proxy([address]));
    const answer = await ask('/me', { 'x-user': 'r.eviewer', 'x-groups': 'staff, reviewer,viewer' });
    expect(await answer.json()).toEqual({ name: 'r.eviewer', role: 'reviewer' });
  });

  test('headers of anyone else are not believed', async () => {
    const ask = await asking(proxy(['10.1.2.3', '192.168.0.0/16', '::1']));
    expect((await ask('/me', { 'x-user': 'mallory', 'x-groups': 'admin' })).status).toBe(401);
  });

  test('no user is 401, no known role is 403', async () => {
    const ask = await asking(proxy(['127.0.0.1']));
    expect((await ask('/me', { 'x-groups': 'admin' })).status).toBe(401);
    expect((await ask('/me', { 'x-user': 'a', 'x-groups': 'administrator' })).status).toBe(403);
  });

  test.each(['proxy.example', '10.0.0.0/33', '10.0.0/8', '::1/129', ''])(
    'a configured proxy "%s" that is no address is refused at the start',
    (address) => {
      expect(() => http({ authentication: proxy([address]) })).toThrow('review.authentication.proxies.0');
    },
  );
});

test('without authentication everyone on this machine is the administrator local', async () => {
  const ask = await asking({ mode: 'none' });
  expect(await (await ask('/me')).json()).toEqual({ name: 'local', role: 'admin' });
});
