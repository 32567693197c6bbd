import { expect, test } from '@jest/globals';
import { Client, type InboundResponse, Message } from 'node-hl7-client';
import { MEDIA_TYPES, OverreadError } from '../../../contracts/index.js';
import { deterministicId } from '../../../services/platform/index.js';
import { eventually } from '../../support/eventually.js';
import { startGateway } from './support/gateway.js';
import { frame, hl7 } from './support/messages.js';
import { rawSender } from './support/sender.js';

/** Sends one after the other, as node-hl7-client 3.2.0 can: connect, send, wait for the answer, send the next. */
async function sendAll(port: number, messages: readonly Buffer[]): Promise<string[]> {
  let answered: (response: InboundResponse) => void = () => {};
  const connection = new Client({ host: '127.0.0.1' }).createConnection({ port, waitAck: true }, async (r) =>
    answered(r),
  );
  await new Promise<void>((resolve) => connection.once('connect', () => resolve()));
  const answers: string[] = [];
  for (const message of messages) {
    const answer = new Promise<InboundResponse>((resolve) => {
      answered = resolve;
    });
    await connection.sendMessage(new Message({ text: message.toString() }));
    const ack = (await answer).getMessage();
    answers.push(`${ack.get('MSA.1').toString()} ${ack.get('MSA.2').toString()}`);
  }
  await connection.close();
  return answers;
}

test('a client of the field is answered, and its messages come to the bus in order', async () => {
  const { gateway, bus } = await startGateway();
  const ids = Array.from({ length: 200 }, (_, i) => `C${i}`);
  const messages = ids.map((id) => hl7(id));
  expect(await sendAll(gateway.ports().main ?? 0, messages)).toEqual(ids.map((id) => `AA ${id}`));
  await eventually(() => expect(bus.published).toHaveLength(200));
  // The client leaves the last CR out.
  expect(bus.published.map((event) => event.data.toString().trimEnd())).toEqual(
    messages.map((message) => message.toString().trimEnd()),
  );
  const [event] = bus.published;
  expect(event?.id).toBe(deterministicId('msg', 'made-up', event?.data ?? ''));
});

test('the main thread may be busy: acknowledgements do not wait for it', async () => {
  const { gateway, bus } = await startGateway();
  const port = gateway.ports().main ?? 0;
  const { execFileSync } = await import('node:child_process');
  const script = `
    const net = require('node:net');
    const s = net.connect(${port}, '127.0.0.1', () => s.write(Buffer.from(process.argv[1], 'base64')));
    s.on('data', (d) => { process.stdout.write(d); s.end(); });`;
  // A synchronous child blocks this thread, the main one, until the child has its answer.
  const answer = execFileSync(process.execPath, ['-e', script, frame(hl7('1')).toString('base64')], {
    timeout: 10_000,
  });
  expect(answer.toString()).toContain('MSA|AA|1');
  expect(bus.published).toHaveLength(0);
  await eventually(() => expect(bus.published).toHaveLength(1));
});

test('bytes by another way in are durable when the answer comes, though the bus is down', async () => {
  const { gateway, bus } = await startGateway();
  bus.fail(new OverreadError('OVR_BUS_UNAVAILABLE'));
  const submission = {
    raw: hl7('1'),
    contentType: MEDIA_TYPES.hl7,
    wire: { listener: 'hl7', transport: 'http', tlsSubject: '' },
  } as const;
  const receipt = await gateway.accept(submission);
  expect(receipt).toMatchObject({ outcome: 'stored', feed: 'made-up' });
  expect(await gateway.accept(submission)).toEqual({ ...receipt, outcome: 'duplicate' });
  await eventually(() => expect(gateway.health()).toEqual({ ready: true, detail: 'OVR_BUS_UNAVAILABLE' }));
  bus.fail(null);
  await eventually(() => expect(bus.published[0]?.id).toBe(receipt.messageId));
  await gateway.stop();
  await expect(gateway.accept(submission)).rejects.toMatchObject({ code: 'OVR_GATEWAY_UNAVAILABLE' });
  expect(gateway.health().ready).toBe(false);
});

test('what happens on its thread shows in the metrics of the main one', async () => {
  const { gateway, metrics } = await startGateway();
  const sender = await rawSender(gateway.ports().main ?? 0);
  await sender.write(frame(hl7('1')));
  await sender.write(frame('nothing'));
  await sender.acks(2);
  await eventually(async () => {
    const { body } = await metrics.page();
    expect(body).toContain('overread_messages_received_total{feed="made-up",transport="mllp",type="ORU"} 1');
    expect(body).toContain('overread_acks_total{listener="main",code="AA"} 1');
    expect(body).toContain('overread_acks_total{listener="main",code="AR"} 1');
    expect(body).toContain('overread_ack_seconds_count{listener="main"} 2');
    expect(body).toContain('overread_mllp_connections{listener="main"} 1');
    expect(body).toMatch(/overread_spool_bytes [1-9]/);
    expect(body).toContain('overread_spool_records 0');
    expect(body).toMatch(/overread_feed_last_received_timestamp_seconds{feed="made-up"} [1-9]/);
  });
  sender.end();
});

test('the log holds no byte of a message', async () => {
  const { gateway, logs } = await startGateway();
  const sender = await rawSender(gateway.ports().main ?? 0);
  await sender.write(frame('SECRET^NAME no header'));
  await sender.write(Buffer.concat([Buffer.from([0x0b]), hl7('1', { text: 'SECRET' }), frame(hl7('2'))]));
  await sender.acks(2);
  await eventually(() => expect(logs.join('')).toContain('OVR_MLLP_FRAME_CUT'));
  expect(logs.join('')).toContain('OVR_HL7_NO_MSH');
  expect(logs.join('')).not.toMatch(/SECRET|DOE|ACC-/);
  sender.end();
});

test('a listener that cannot start fails the start with its code, over the thread', async () => {
  const { gateway } = await startGateway();
  const config = { mllp: [{ name: 'second', port: gateway.ports().main }] };
  await expect(startGateway(config)).rejects.toMatchObject({
    code: 'OVR_PORT_IN_USE',
    detail: expect.stringContaining('gateway.mllp "second"'),
  });
});
