import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { GatewayConfig, IntakeReceipt, OverreadError } from '../../../contracts/index.js';
import { createHttpIntake } from '../../../services/ingest/gateway/http/index.js';
import { answerProblem, notFound } from '../../../services/platform/http/problem.js';
import { requestId } from '../../../services/platform/http/request-id.js';
import { createLogger } from '../../../services/platform/index.js';
import { eventually } from '../../support/eventually.js';
import { startEngine } from './support/engine.js';
import { hl7 } from './support/messages.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const feeds = [
  { name: 'drafts', site: 'north', match: { transport: 'http', sendingApplication: 'drafter' } },
  { name: 'rest', site: 'north', match: {}, forbidTypes: ['DFT'] },
];

async function start(http: object = {}, fail: OverreadError | null = null) {
  const gateway = await startEngine({ feeds });
  const accept: typeof gateway.engine.accept = (submission) =>
    fail === null ? gateway.engine.accept(submission) : Promise.reject(fail);
  const config = GatewayConfig.parse({ http }).http;
  const app = express().use(
    requestId,
    createHttpIntake({ accept, config }),
    notFound,
    answerProblem(createLogger({ level: 'error' }, { write: () => {} }), () => false),
  );
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const post = async (path: string, body: string | Buffer, headers: Record<string, string>) => {
    const bytes = new Uint8Array(Buffer.from(body));
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
      method: 'POST',
      body: bytes,
      headers,
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text.startsWith('{') ? JSON.parse(text) : text,
    };
  };
  const json = (body: unknown, headers: Record<string, string> = {}) =>
    post('reports', JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  return { gateway, post, json };
}

const report = {
  site: 'north',
  generator: { name: 'drafter', version: '1.2' },
  accession: 'A-1',
  text: 'No acute finding.',
};

describe('POST /api/v1/reports', () => {
  test('answers 202 with the id of what is stored, and the bytes come to the bus as sent', async () => {
    const { gateway, json } = await start();
    const { status, body } = await json(report);
    expect(status).toBe(202);
    expect(IntakeReceipt.parse(body).outcome).toBe('stored');
    await eventually(() => expect(gateway.messages()).toHaveLength(1));
    expect(gateway.messages()[0]).toMatchObject({
      id: body.messageId,
      contentType: 'application/json',
      attributes: { feed: 'drafts', transport: 'http', listener: 'reports' },
    });
    expect(JSON.parse(gateway.messages()[0]?.data.toString() ?? '')).toEqual(report);
  });

  test('answers a repetition with the same id, and refuses its key with another body', async () => {
    const { gateway, json } = await start();
    const key = { 'idempotency-key': 'abc' };
    const first = await json(report, key);
    expect(await json(report, key)).toMatchObject({
      status: 202,
      body: { messageId: first.body.messageId, outcome: 'duplicate' },
    });
    expect(await json({ ...report, text: 'Other.' }, key)).toMatchObject({
      status: 422,
      body: { error: { code: 'OVR_IDEMPOTENCY_KEY_REUSED' } },
    });
    expect((await json({ ...report, text: 'Other.' }, { 'idempotency-key': 'def' })).status).toBe(202);
    await eventually(() => expect(gateway.messages()).toHaveLength(2));
  });

  test.each([
    ['no study', { ...report, accession: undefined }, 'accession'],
    ['no text', { ...report, text: ' ' }, 'text'],
    ['an unknown field', { ...report, acession: 'A' }, 'acession is unknown'],
    ['a role that is none', { ...report, role: 'preliminery' }, 'role'],
    ['no generator version', { ...report, generator: { name: 'x' } }, 'generator.version'],
    ['a list', [report], ''],
  ])('refuses %s and names the place, never the value', async (_, body, place) => {
    const { json } = await start();
    const answer = await json(body);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'OVR_REPORT_INVALID', detail: place } },
    });
  });

  test('takes a withdrawal without text, and sections in place of a text', async () => {
    const { json } = await start();
    expect((await json({ ...report, role: 'withdrawn', text: undefined })).status).toBe(202);
    const sections = [{ name: 'impression', text: 'Normal.' }];
    expect((await json({ ...report, text: undefined, sections })).status).toBe(202);
  });

  test.each([
    ['broken JSON', '{"site":', 400, 'OVR_JSON_INVALID'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'OVR_JSON_INVALID'],
  ])('refuses %s', async (_, body, status, code) => {
    const { post } = await start();
    const answer = await post('reports', body, { 'content-type': 'application/json' });
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });

  test('refuses another content type, a body over the limit, also unpacked, and an unknown packing', async () => {
    const { post } = await start({ maxMessageBytes: 2000 });
    const large = JSON.stringify({ ...report, text: 'x'.repeat(3000) });
    const type = { 'content-type': 'application/json' };
    expect(await post('reports', large, { 'content-type': 'text/html' })).toMatchObject({ status: 415 });
    expect(await post('reports', large, type)).toMatchObject({
      status: 413,
      body: { error: { code: 'OVR_MESSAGE_TOO_LARGE' } },
    });
    expect((await post('reports', gzipSync(large), { ...type, 'content-encoding': 'gzip' })).status).toBe(
      413,
    );
    expect((await post('reports', large, { ...type, 'content-encoding': 'x' })).status).toBe(415);
  });

  test.each([
    ['OVR_SPOOL_FULL', 507],
    ['OVR_SPOOL_WRITE_FAILED', 503],
    ['OVR_GATEWAY_UNAVAILABLE', 503],
  ] as const)('says %s with %s and when to come again', async (code, status) => {
    const { json } = await start({}, new OverreadError(code));
    const answer = await json(report);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(answer.headers.get('retry-after')).toBe('5');
  });
});

test.each(['x-application/hl7-v2+er7', 'text/plain; charset=iso-8859-1', 'application/hl7-v2'])(
  'POST /api/v1/hl7 takes one message as %s, byte for byte',
  async (type) => {
    const { gateway, post } = await start();
    const raw = Buffer.concat([hl7('1'), Buffer.from([0xe9, 0x92])]);
    expect((await post('hl7', raw, { 'content-type': type })).status).toBe(202);
    await eventually(() => expect(gateway.messages()[0]?.data.equals(raw)).toBe(true));
    expect(gateway.messages()[0]?.attributes).toMatchObject({ feed: 'rest', listener: 'hl7' });
  },
);

test.each([
  ['two messages', Buffer.concat([hl7('1'), hl7('2')]), 400, 'OVR_SEVERAL_MESSAGES'],
  ['no MSH', Buffer.from('hello'), 400, 'OVR_HL7_NO_MSH'],
  ['a forbidden type', hl7('1', { type: 'DFT^P03' }), 403, 'OVR_MESSAGE_TYPE_FORBIDDEN'],
])('POST /api/v1/hl7 refuses %s', async (_, raw, status, code) => {
  const { post } = await start();
  const answer = await post('hl7', raw, { 'content-type': 'text/plain' });
  expect(answer).toMatchObject({ status, body: { error: { code } } });
});

test('POST /api/v1/dicom takes a Part 10 file and nothing else', async () => {
  const { gateway, post } = await start();
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(64)]);
  const type = { 'content-type': 'application/dicom' };
  expect((await post('dicom', dicom, type)).status).toBe(202);
  await eventually(() => expect(gateway.messages()[0]?.contentType).toBe('application/dicom'));
  expect(await post('dicom', 'text', type)).toMatchObject({
    status: 400,
    body: { error: { code: 'OVR_DICOM_NOT_PART10' } },
  });
});

test('switched off, the endpoints are not there', async () => {
  const { json } = await start({ enabled: false });
  expect((await json(report)).status).toBe(404);
});
