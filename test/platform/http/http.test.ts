import { request as rawRequest } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Router } from 'express';
import { OverreadError } from '../../../contracts/index.js';
import { jsonBody, requireRole } from '../../../services/platform/index.js';
import { http, type Options } from './support.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));

async function started(options: Options = {}) {
  const base = http(options);
  running.push(base.service);
  await base.service.start();
  return base;
}

/** fetch sets Host itself; a browser tricked by DNS does not. */
function statusWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = rawRequest(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject).end();
  });
}

function things(): Router {
  const router = Router();
  router.get('/things/:id', requireRole('viewer'), (_request, response) => {
    response.json({ ok: true });
  });
  router.post('/things', requireRole('viewer'), jsonBody(100), (request, response) => {
    response.json(request.body);
  });
  router.get('/own-error', () => {
    throw new OverreadError('OVR_BUS_UNAVAILABLE', 'broker 2');
  });
  router.get('/foreign-error', async () => {
    throw new Error('DOE^JANE said: no pneumothorax');
  });
  return router;
}

describe('errors', () => {
  test('an address that is not there is 404 with a code and the request id of the header', async () => {
    const { url } = await started();
    const answer = await fetch(url('/nothing'));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: {
        code: 'OVR_NOT_FOUND',
        message: expect.stringContaining('nothing at this address'),
        detail: '',
        requestId: answer.headers.get('x-request-id'),
      },
    });
  });

  test('an own error keeps its code; what may succeed later is 503', async () => {
    const { url } = await started({ routers: [things()] });
    const answer = await fetch(url('/own-error'));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({
      error: { code: 'OVR_BUS_UNAVAILABLE', detail: 'broker 2' },
    });
  });

  test('a foreign error shows and logs nothing of its message', async () => {
    const { url, log } = await started({ routers: [things()] });
    const answer = await fetch(url('/foreign-error'));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('JANE');
    expect(log()).toContain('OVR_REQUEST_FAILED');
    expect(log()).toContain(answer.headers.get('x-request-id') ?? 'none');
    expect(log()).not.toContain('JANE');
  });

  test.each([
    ['{"a":"'.padEnd(200, 'x'), 413, 'OVR_BODY_TOO_LARGE'],
    ['{"name": DOE^JANE}', 400, 'OVR_REQUEST_INVALID'],
  ])('a body that cannot be read is refused with a code and not quoted (%#)', async (body, status, code) => {
    const { url } = await started({ routers: [things()] });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url('/things'), { method: 'POST', headers, body });
    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(JSON.parse(text)).toMatchObject({ error: { code } });
    expect(text).not.toContain('JANE');
  });
});

describe('headers', () => {
  test('allow this origin alone, no inline code, no frames, no cache', async () => {
    const { url } = await started({ routers: [things()] });
    const { headers } = await fetch(url('/things/1'));
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('demand TLS where people come by https', async () => {
    const { url } = await started({ publicUrl: 'https://overread.example' });
    expect((await fetch(url('/'))).headers.get('strict-transport-security')).toContain('max-age');
  });

  test("a proxy's request id is taken over only where it is harmless", async () => {
    const { url } = await started();
    const idOf = async (id: string) =>
      (await fetch(url('/'), { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idOf('abc-123')).toBe('abc-123');
    expect(await idOf('DOE^JANE {"x"}')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a request that changes something', () => {
  const post = async (headers: Record<string, string>, publicUrl?: string) => {
    const options = { routers: [things()], ...(publicUrl === undefined ? {} : { publicUrl }) };
    const { url } = await started(options);
    const own = new URL(url('/')).origin;
    const replaced = Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', own)]);
    const all = { 'content-type': 'application/json', ...Object.fromEntries(replaced) };
    return (await fetch(url('/things'), { method: 'POST', headers: all, body: '{}' })).status;
  };

  test.each([
    ['no browser', {}, 200],
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'OWN' }, 200],
    ['our own page in an older browser', { origin: 'OWN' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['another site in an older browser', { origin: 'https://evil.example' }, 403],
    ['a sandboxed frame', { origin: 'null' }, 403],
    [
      'a neighbour under the same domain',
      { 'sec-fetch-site': 'same-site', origin: 'https://a.example' },
      403,
    ],
  ])('from %s', async (_who, headers, status) => {
    expect(await post(headers as Record<string, string>)).toBe(status);
  });

  test('from our own page behind a proxy that rewrites the host', async () => {
    expect(await post({ origin: 'https://overread.example' }, 'https://overread.example')).toBe(200);
  });
});

test('requests are timed by the pattern of their route, never by their address', async () => {
  const { url, metrics } = await started({ routers: [things()] });
  await (await fetch(url('/things/ACC-12345'))).text();
  await (await fetch(url('/ACC-12345'))).text();
  const { body } = await metrics.page();
  expect(body).toContain(
    'overread_http_request_seconds_count{method="GET",route="/things/:id",status="200"} 1',
  );
  expect(body).toContain(
    'overread_http_request_seconds_count{method="GET",route="unmatched",status="404"} 1',
  );
  expect(body).not.toContain('ACC-12345');
});

describe('starting and stopping', () => {
  test('beyond loopback without authentication it refuses to start', async () => {
    await expect(http({ host: '0.0.0.0' }).service.start()).rejects.toMatchObject({
      code: 'OVR_UNSAFE_BINDING',
    });
  });

  test('a port that is taken has a code', async () => {
    const { service } = await started();
    await expect(http({ port: service.port() }).service.start()).rejects.toMatchObject({
      code: 'OVR_PORT_IN_USE',
    });
  });

  test('what is being answered is answered before the end, and nothing new is', async () => {
    let answer = () => {};
    const router = Router();
    const asked = new Promise<void>((resolve) => {
      router.get('/slow', (_request, response) => {
        answer = () => response.json({ done: true });
        resolve();
      });
    });
    const { url, service } = await started({ routers: [router] });
    const slow = fetch(url('/slow'), { headers: { connection: 'close' } });
    await asked;
    const stopped = service.stop();
    await expect(fetch(url('/slow'))).rejects.toThrow();
    answer();
    expect(await (await slow).json()).toEqual({ done: true });
    await stopped;
    expect(service.health().ready).toBe(false);
  });
});

test('without authentication a foreign host name is refused, because it may be a rebound one', async () => {
  const { url } = await started({ routers: [things()], publicUrl: 'http://overread.example:8080' });
  expect(await statusWithHost(url('/things/1'), 'evil.example')).toBe(403);
  expect(await statusWithHost(url('/things/1'), '127.0.0.1.evil.example')).toBe(403);
  expect(await statusWithHost(url('/things/1'), 'localhost:99')).toBe(200);
  expect(await statusWithHost(url('/things/1'), '[::1]')).toBe(200);
  expect(await statusWithHost(url('/things/1'), 'overread.example')).toBe(200);
});
