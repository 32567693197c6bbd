import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createDisk, type Disk } from '../../services/ingest/gateway/spool/index.js';
import { startEngine } from '../ingest/gateway/support/engine.js';
import { frame, hl7 } from '../ingest/gateway/support/messages.js';
import { eventually } from '../support/eventually.js';
import { temporaryFolder } from '../support/temporary.js';
import { overread } from './support/overread.js';

const fullDisk: Disk = {
  ...createDisk(),
  write: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
};

async function file(name: string, ...parts: readonly (Buffer | string)[]): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, Buffer.concat(parts.map((part) => Buffer.from(part))));
  return path;
}

const send = (port: number, ...files: readonly string[]) =>
  overread(['send', '--port', String(port), '--timeout', '5', ...files]);

test('shows the answer to each message of each file, and the gateway has their bytes', async () => {
  const gateway = await startEngine();
  const latin1 = Buffer.concat([hl7('1'), Buffer.from([0xe9])]);
  const plain = await file('several.hl7', latin1, '\r', hl7('2'));
  const framed = await file('framed.mllp', frame(hl7('3')));
  const { code, out, err } = await send(gateway.port, plain, framed);
  expect([code, err]).toEqual([0, '']);
  const answers = out.trimEnd().split('\n');
  expect(answers).toHaveLength(3);
  expect(answers[0]).toMatch(/^AA {2}\S+several\.hl7 \(1 of 2\) {2}\d+ bytes {2}\d+\.\d ms$/);
  expect(answers[2]).toMatch(/^AA {2}\S+framed\.mllp {2}\d+ bytes/);
  await eventually(() => expect(gateway.messages()).toHaveLength(3));
  expect(gateway.messages()[0]?.data.includes(Buffer.from([0xe9]))).toBe(true);
});

test('an answer that is not AA ends with 1, after the other messages were sent', async () => {
  const gateway = await startEngine({ feeds: [{ name: 'a', site: 'n', match: {}, forbidTypes: ['DFT'] }] });
  const path = await file('mixed.hl7', hl7('1', { type: 'DFT^P03' }), hl7('2'));
  const { code, out } = await send(gateway.port, path);
  expect(code).toBe(1);
  expect(out).toMatch(/^AR {2}.*OVR_MESSAGE_TYPE_FORBIDDEN/m);
  expect(out).toMatch(/^AA {2}.*\(2 of 2\)/m);
});

test('a store that fails is shown as the receiver says it: AE with its text', async () => {
  const gateway = await startEngine({ disk: fullDisk });
  const { code, out } = await send(gateway.port, await file('one.hl7', hl7('1')));
  expect([code, out]).toEqual([1, expect.stringMatching(/^AE .*OVR_SPOOL_NO_SPACE: not stored/)]);
});

test('a connection that is closed in place of an answer is an error with a code and what to do', async () => {
  const gateway = await startEngine({ disk: fullDisk, listener: { onStoreFailure: 'close' } });
  const { code, err } = await send(gateway.port, await file('one.hl7', hl7('1')));
  expect(code).toBe(1);
  expect(err).toContain('OVR_NO_ACKNOWLEDGEMENT');
  expect(err).toContain('docs/errors.md#ovr_no_acknowledgement');
});

test('what is no HL7 message is not sent, and said so', async () => {
  const gateway = await startEngine();
  const text = await file('notes.txt', 'just text');
  const dicom = await file('sr.dcm', Buffer.alloc(128), 'DICM', Buffer.alloc(64));
  const { code, out } = await send(gateway.port, text, dicom, await file('one.hl7', hl7('1')));
  expect(code).toBe(1);
  expect(out.match(/^-- .*not sent: OVR_FILE_UNKNOWN/gm)).toHaveLength(2);
  expect(out).toMatch(/^AA /m);
});

test('no receiver, and a file that is not there, are errors with a code', async () => {
  const gateway = await startEngine();
  const missing = await send(gateway.port, '/nowhere/a.hl7');
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('OVR_FILE_UNREADABLE')]);
  await gateway.engine.stop();
  const nobody = await send(gateway.port, await file('one.hl7', hl7('1')));
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('OVR_RECEIVER_UNREACHABLE')]);
});
