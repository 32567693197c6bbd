import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { REVIEW_API } from '../../contracts/index.js';
import { apiAccess, createApiClient } from '../../services/cli/api-client.js';
import { freePort } from '../support/postgres.js';
import { temporaryFolder } from '../support/temporary.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};

/** Something on a port that answers everything alike and keeps what it was asked. */
async function answering({ status = 200, body = {}, headers = {} }: Answer, silent = false) {
  const asked: { request: IncomingMessage; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    asked.push({ request, body: text });
    if (silent) return;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, asked };
}

const problem = (code: string, detail = '') => ({
  error: { code, message: 'made up', detail, requestId: 'r1' },
});
const EMPTY_PAGE = { deadLetters: [], total: 0, next: null };
const list = (url: string, token?: string) =>
  createApiClient({ url, token }).call(REVIEW_API.listDeadLetters, {
    query: { state: 'open', code: 'OVR_A&B', stage: undefined },
  });

describe('a request', () => {
  test('has the path and query of its operation, and the token where there is one', async () => {
    const { url, asked } = await answering({ body: EMPTY_PAGE });
    expect(await list(url, 'made-up-token')).toEqual(EMPTY_PAGE);
    await list(url);
    expect(asked[0]?.request).toMatchObject({
      method: 'GET',
      url: '/api/v1/dead-letters?state=open&code=OVR_A%26B',
      headers: { authorization: 'Bearer made-up-token' },
    });
    expect(asked[1]?.request.headers.authorization).toBeUndefined();
  });

  test('names what it is about in the path, whatever characters the id has', async () => {
    const { url, asked } = await answering({ status: 404, body: problem('OVR_NOT_FOUND', 'dead letter') });
    const asking = createApiClient({ url, token: undefined }).call(REVIEW_API.getDeadLetter, {
      params: { deadLetterId: 'a/b?c' },
    });
    await expect(asking).rejects.toMatchObject({ code: 'OVR_NOT_FOUND', detail: 'dead letter' });
    expect(asked[0]?.request.url).toBe('/api/v1/dead-letters/a%2Fb%3Fc');
  });

  test('carries its body as JSON', async () => {
    const { url, asked } = await answering({ status: 409, body: problem('OVR_REPLAY_RUNNING') });
    const body = { since: '2026-03-01T00:00:00Z' };
    const asking = createApiClient({ url, token: undefined }).call(REVIEW_API.startReplay, { body });
    await expect(asking).rejects.toMatchObject({ code: 'OVR_REPLAY_RUNNING' });
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual(body);
    expect(asked[0]?.request.headers['content-type']).toBe('application/json');
  });
});

describe('an answer', () => {
  test('401 tells to set the token, or that it is not known', async () => {
    const { url } = await answering({ status: 401, body: problem('OVR_UNAUTHENTICATED') });
    await expect(list(url)).rejects.toMatchObject({
      code: 'OVR_UNAUTHENTICATED',
      detail: 'set OVERREAD_TOKEN to a token of review.authentication.tokens',
    });
    await expect(list(url, 'made-up-token')).rejects.toMatchObject({
      detail: 'the service does not know the token in OVERREAD_TOKEN',
    });
  });

  test('403 tells the role that is needed', async () => {
    const { url } = await answering({ status: 403, body: problem('OVR_FORBIDDEN', 'admin') });
    await expect(list(url, 'x')).rejects.toMatchObject({
      code: 'OVR_FORBIDDEN',
      detail: 'admin; the token needs the role admin',
    });
  });

  test.each([
    ['a page of a proxy', { status: 502, body: '<h1>Bad gateway</h1>' }],
    ['a login page', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/login' } }],
    ['a page with status 200', { body: '<h1>Hello</h1>' }],
    ['another shape', { body: { letters: [] } }],
    ['a code of another version', { status: 400, body: problem('OVR_FROM_TOMORROW') }],
  ])('%s is OVR_SERVICE_ANSWER_UNKNOWN with the status', async (_, answer: Answer) => {
    const { url } = await answering(answer);
    await expect(list(url)).rejects.toMatchObject({
      code: 'OVR_SERVICE_ANSWER_UNKNOWN',
      detail: `HTTP ${answer.status ?? 200} from ${url}`,
    });
  });

  test('none, too late, or no address to ask is OVR_SERVICE_UNREACHABLE', async () => {
    await expect(list(`http://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({
      code: 'OVR_SERVICE_UNREACHABLE',
    });
    const { url } = await answering({}, true);
    const late = createApiClient({ url, token: undefined }).call(REVIEW_API.getReplay, { timeoutMs: 50 });
    await expect(late).rejects.toMatchObject({ code: 'OVR_SERVICE_UNREACHABLE', detail: url });
    await expect(list('not an address')).rejects.toMatchObject({ code: 'OVR_SERVICE_UNREACHABLE' });
  });
});

describe('the address', () => {
  async function configured(pages: string): Promise<string> {
    const path = join(await temporaryFolder(), 'overread.yaml');
    await writeFile(path, `pages: ${pages}\n`);
    return path;
  }

  test('is --url before everything else, without a slash at its end', async () => {
    const config = await configured('{ port: 9000 }');
    expect(apiAccess({ url: 'https://qa.example/', config }, { OVERREAD_TOKEN: 't' })).toEqual({
      url: 'https://qa.example',
      token: 't',
    });
  });

  test.each([
    ['{ port: 9000 }', 'http://127.0.0.1:9000'],
    ['{ host: 0.0.0.0, port: 9000 }', 'http://127.0.0.1:9000'],
    ['{ host: "::", port: 9000 }', 'http://[::1]:9000'],
    ['{ host: "fd00::1", port: 9000 }', 'http://[fd00::1]:9000'],
  ])('else comes from pages of the configuration: %s', async (pages, url) => {
    expect(apiAccess({ config: await configured(pages) }, {})).toEqual({ url, token: undefined });
  });

  test('else is that of a fresh installation', () => {
    expect(apiAccess({}, {})).toEqual({ url: 'http://127.0.0.1:8080', token: undefined });
  });

  test('a configuration that was named has to be there', () => {
    expect(() => apiAccess({ config: '/nowhere/overread.yaml' }, {})).toThrow('OVR_CONFIG_UNREADABLE');
  });
});
