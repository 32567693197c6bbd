import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AlertingConfig, type AlertNotice } from '../../../contracts/index.js';
import type { Channel } from '../../../services/alerting/delivery/channel.js';
import { openChannel } from '../../../services/alerting/delivery/channels.js';
import { retryAfterMs } from '../../../services/alerting/delivery/webhook.js';
import { createManualClock } from '../../support/manual-clock.js';
import { OK, type Receiver, startReceiver, status } from '../../support/receiver.js';

const notice: AlertNotice = {
  type: 'alert.raised',
  alerts: [],
  sentAt: '2026-03-04T08:00:00.000Z',
  notice: 'retrospective QA - not a critical-result channel',
};
const message = { id: 'delivery_1', notice };
const SECRET = 'a secret with ümlaut';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.answer(OK);
  receiver.received.length = 0;
});

function webhook(overrides: Record<string, unknown> = {}, environment = { HOOK_SECRET: SECRET }): Channel {
  const channel = {
    type: 'webhook',
    name: 'hook',
    url: receiver.url,
    secretFrom: 'HOOK_SECRET',
    timeoutSeconds: 0.3,
    ...overrides,
  };
  const [config] = AlertingConfig.parse({ channels: [channel] }).channels;
  if (config === undefined) throw new Error('no channel');
  const secrets = { hashKey: '', databasePassword: undefined, environment };
  return openChannel(config, { secrets, clock: createManualClock() });
}

test('the payload is signed so that a receiver can check who wrote it and when', async () => {
  expect(await webhook().send(message)).toEqual({ kind: 'delivered' });
  const [received] = receiver.received;
  const timestamp = String(Date.parse('2026-03-04T08:00:00.000Z') / 1000);
  const expected = createHmac('sha256', SECRET).update(`${timestamp}.${received?.body}`).digest('hex');
  expect(received?.path).toBe('/hook');
  expect(received?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-overread-delivery': 'delivery_1',
    'x-overread-timestamp': timestamp,
    'x-overread-signature': `v1=${expected}`,
  });
  expect(JSON.parse(received?.body ?? '')).toEqual(notice);
});

describe('an answer', () => {
  test.each([200, 201, 204, 299])('%i is done', async (code) => {
    receiver.answer(status(code));
    expect(await webhook().send(message)).toEqual({ kind: 'delivered' });
  });

  test.each([400, 401, 403, 404, 410, 413, 422])('%i will be the same next time', async (code) => {
    receiver.answer(status(code));
    expect(await webhook().send(message)).toEqual({ kind: 'failed', error: `http_${code}` });
  });

  test.each([408, 425, 429, 500, 502, 503, 504])('%i is worth another try', async (code) => {
    receiver.answer(status(code));
    expect(await webhook().send(message)).toEqual({ kind: 'retry', error: `http_${code}` });
  });

  test('429 with Retry-After says when', async () => {
    receiver.answer(status(429, { 'retry-after': '120' }));
    expect(await webhook().send(message)).toEqual({
      kind: 'retry',
      error: 'http_429',
      retryAfterMs: 120_000,
    });
  });

  test('that redirects is not followed: the payload goes nowhere but where it was configured to', async () => {
    receiver.answer(status(307, { location: `${receiver.url}/elsewhere` }));
    expect(await webhook().send(message)).toEqual({ kind: 'retry', error: 'http_307' });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('that does not come in time is a timeout', async () => {
    receiver.answer(() => {});
    expect(await webhook().send(message)).toEqual({ kind: 'retry', error: 'timeout' });
  });

  test('that breaks off is worth another try', async () => {
    receiver.answer((response) => response.destroy());
    expect(await webhook().send(message)).toMatchObject({ kind: 'retry' });
  });
});

test('a receiver that is away is named by the code of the system', async () => {
  await receiver.away();
  expect(await webhook().send(message)).toEqual({ kind: 'retry', error: 'ECONNREFUSED' });
  await receiver.back();
  expect(await webhook().send(message)).toEqual({ kind: 'delivered' });
});

test.each([{}, { HOOK_SECRET: '' }])('without its secret a channel does not open', (environment) => {
  const open = () => webhook({}, environment as { HOOK_SECRET: string });
  expect(open).toThrow(expect.objectContaining({ code: 'OVR_SECRET_MISSING', detail: 'HOOK_SECRET' }));
});

test.each([
  ['120', 120_000],
  ['Wed, 04 Mar 2026 08:01:00 GMT', 60_000],
  ['Wed, 04 Mar 2026 07:00:00 GMT', 0],
  ['99999999', 86_400_000],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After %p is %p ms', (value, expected) => {
  expect(retryAfterMs(value, new Date('2026-03-04T08:00:00.000Z'))).toBe(expected);
});
