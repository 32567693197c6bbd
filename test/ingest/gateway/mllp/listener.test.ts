import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { MEDIA_TYPES, MessageAttributes } from '../../../../contracts/index.js';
import { eventually } from '../../../support/eventually.js';
import { startEngine } from '../support/engine.js';
import { frame, hl7 } from '../support/messages.js';

const codes = (acks: readonly { code: string; controlId: string }[]) =>
  acks.map(({ code, controlId }) => `${code} ${controlId}`);

describe('a message over MLLP', () => {
  test('is acknowledged and comes to the bus byte for byte, with what the wire told', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    const message = Buffer.concat([hl7('1'), Buffer.from('NTE|1||caf\xe9\r', 'latin1')]);
    await sender.write(frame(message));
    expect(codes(await sender.acks(1))).toEqual(['AA 1']);
    const [event] = await eventually(() => {
      expect(gateway.messages()).toHaveLength(1);
      return gateway.messages();
    });
    expect(event?.data.equals(message)).toBe(true);
    expect(event).toMatchObject({ key: 'made-up', contentType: MEDIA_TYPES.hl7 });
    expect(MessageAttributes.parse(event?.attributes)).toMatchObject({
      feed: 'made-up',
      transport: 'mllp',
      listener: 'main',
      flags: '',
      quiet: '0',
    });
  });

  test('is understood byte by byte, with FS and CR apart, and several in a chunk', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    for (const byte of frame(hl7('1'))) await sender.write(Buffer.from([byte]));
    const second = frame(hl7('2'));
    await sender.write(second.subarray(0, -1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await sender.write(second.subarray(-1));
    await sender.write(Buffer.concat(['3', '4', '5'].map((id) => frame(hl7(id)))));
    expect(codes(await sender.acks(5))).toEqual(['AA 1', 'AA 2', 'AA 3', 'AA 4', 'AA 5']);
    await eventually(() => expect(gateway.messages()).toHaveLength(5));
  });

  test('that ends a chunk in the middle of the next loses nothing', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    const both = Buffer.concat([frame(hl7('1')), frame(hl7('2'))]);
    const cut = frame(hl7('1')).length + 40;
    await sender.write(both.subarray(0, cut));
    await sender.acks(1);
    await sender.write(both.subarray(cut));
    expect(codes(await sender.acks(2))).toEqual(['AA 1', 'AA 2']);
  });

  test('cut off by the start of the next is never merged with it and never acknowledged', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    const cut = hl7('1', { text: 'patient A' }).subarray(0, 120);
    await sender.write(Buffer.concat([Buffer.from([0x0b]), cut, frame(hl7('2', { text: 'patient B' }))]));
    expect(codes(await sender.acks(1))).toEqual(['AA 2']);
    await eventually(() => expect(gateway.bus.published).toHaveLength(2));
    expect(gateway.messages().map((event) => event.data.toString())).toEqual([
      hl7('2', { text: 'patient B' }).toString(),
    ]);
    const [letter] = gateway.deadLetters();
    expect(letter?.data.equals(cut)).toBe(true);
    expect(letter?.attributes).toMatchObject({
      code: 'OVR_MLLP_FRAME_CUT',
      stage: 'gateway',
      originallistener: 'main',
    });
    expect(gateway.counted('overread_mllp_cut_frames_total')).toBe(1);
  });

  test('cut off by the end of the connection is kept as a dead letter', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(Buffer.concat([Buffer.from([0x0b]), hl7('1').subarray(0, 50)]));
    sender.socket.end();
    await eventually(() => expect(gateway.deadLetters()[0]?.attributes?.code).toBe('OVR_MLLP_FRAME_CUT'));
    expect(sender.received()).toBe('');
  });

  test('is heard after garbage, which is counted', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write('GET / HTTP/1.1\r\n\r\n');
    await sender.write(frame(hl7('1')));
    expect(codes(await sender.acks(1))).toEqual(['AA 1']);
    expect(gateway.counted('overread_mllp_garbage_bytes_total', { listener: 'main' })).toBe(18);
  });

  test('without MSH is answered AR with an empty MSA-2 and kept, and the next one is fine', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(frame('Unparseable message'));
    await sender.write(frame(hl7('2')));
    const acks = await sender.acks(2);
    expect(codes(acks)).toEqual(['AR ', 'AA 2']);
    expect(acks[0]?.raw).toContain('ERR|||100^Segment sequence error^HL70357|E||||OVR_HL7_NO_MSH');
    await eventually(() => expect(gateway.deadLetters()[0]?.data.toString()).toBe('Unparseable message'));
  });

  test('of an unknown version, without trigger or control id is taken all the same', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(frame('MSH|^~\\&|MADEUP|N|O|Q|||ORU||P|2.9.9\rOBX|1\r'));
    await sender.write(frame('MSH|^~\\&|MADEUP|N|O|Q|||ORU|1|P|\rOBX|1\r'));
    expect(codes(await sender.acks(2))).toEqual(['AA ', 'AA 1']);
  });

  test('that no feed matches is stored, marked and counted', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(frame(hl7('1', { application: 'STRANGER' })));
    expect(codes(await sender.acks(1))).toEqual(['AA 1']);
    await eventually(() => expect(gateway.messages()[0]?.attributes?.feed).toBe(''));
    expect(gateway.messages()[0]?.key).toBe('unmatched');
    expect(gateway.counted('overread_messages_unmatched_total')).toBe(1);
  });

  test('from an application named in latin-1 finds its feed', async () => {
    const feeds = [{ name: 'roentgen', site: 's', match: { sendingApplication: 'RÖNTGEN' } }];
    const gateway = await startEngine({ feeds });
    const sender = await gateway.connect();
    await sender.write(frame(Buffer.from('MSH|^~\\&|R\xd6NTGEN |N|||||ORU^R01|1|P|2.5\r', 'latin1')));
    await sender.acks(1);
    await eventually(() => expect(gateway.messages()[0]?.attributes?.feed).toBe('roentgen'));
  });

  test('of an ignored type is acknowledged and dropped, of a forbidden one refused', async () => {
    const feeds = [{ name: 'one', site: 's', match: {}, ignoreTypes: ['ADT'], forbidTypes: ['DFT'] }];
    const gateway = await startEngine({ feeds });
    const sender = await gateway.connect();
    await sender.write(frame(hl7('1', { type: 'ADT^A08' })));
    await sender.write(frame(hl7('2', { type: 'DFT^P03' })));
    await sender.write(frame(hl7('3')));
    const acks = await sender.acks(3);
    expect(codes(acks)).toEqual(['AA 1', 'AR 2', 'AA 3']);
    expect(acks[1]?.raw).toContain('ERR|||200^');
    await eventually(() => expect(gateway.bus.published).toHaveLength(1));
    expect(gateway.counted('overread_messages_ignored_total', { feed: 'one', type: 'ADT' })).toBe(1);
    expect(gateway.counted('overread_messages_received_total', { feed: 'one' })).toBe(3);
  });
});

describe('a repetition', () => {
  test('is acknowledged again and stored once', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    for (let i = 0; i < 3; i += 1) await sender.write(frame(hl7('1')));
    await sender.write(frame(hl7('2')));
    expect(codes(await sender.acks(4))).toEqual(['AA 1', 'AA 1', 'AA 1', 'AA 2']);
    await eventually(() => expect(gateway.messages()).toHaveLength(2));
    expect(gateway.counted('overread_messages_duplicate_total')).toBe(2);
  });

  test('of a control id with other bytes is stored as new and flagged', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(frame(hl7('1', { text: 'first' })));
    await sender.write(frame(hl7('1', { text: 'second' })));
    await sender.write(frame(hl7('', { text: 'third' })));
    await sender.write(frame(hl7('', { text: 'fourth' })));
    await sender.acks(4);
    await eventually(() => expect(gateway.messages()).toHaveLength(4));
    expect(gateway.messages().map((event) => event.attributes?.flags)).toEqual([
      '',
      'reused_control_id',
      '',
      '',
    ]);
  });
});

describe('a batch', () => {
  const batch = (ids: readonly string[]) =>
    Buffer.concat([
      Buffer.from('FHS|^~\\&|A\rBHS|^~\\&|A\r'),
      ...ids.map((id) => hl7(id)),
      Buffer.from(`BTS|${ids.length}\rFTS|1\r`),
    ]);

  test('is stored message by message, with one acknowledgement each', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(frame(batch(['1', '2', '3'])));
    expect(codes(await sender.acks(3))).toEqual(['AA 1', 'AA 2', 'AA 3']);
    await eventually(() => expect(gateway.messages()).toHaveLength(3));
    expect(gateway.messages()[1]?.data.equals(hl7('2'))).toBe(true);
  });

  test('is acknowledged as a batch where the listener says so', async () => {
    const gateway = await startEngine({ listener: { batchAcknowledgement: 'per_batch' } });
    const sender = await gateway.connect();
    await sender.write(frame(batch(['1', '2'])));
    expect(codes(await sender.acks(2))).toEqual(['AA 1', 'AA 2']);
    expect(sender.received().split('\x0b')).toHaveLength(2);
    expect(sender.received()).toMatch(/BHS\|[\s\S]*BTS\|2\r/);
  });

  test('without a message is answered AR', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(frame('BHS|^~\\&|A\rBTS|0\r'));
    expect(codes(await sender.acks(1))).toEqual(['AR ']);
  });
});

describe('a large message', () => {
  test('of 8 MB is taken whole', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    const head = hl7('1');
    const message = Buffer.concat([head, Buffer.alloc(8_388_608 - head.length, 'x')]);
    const started = performance.now();
    await sender.write(frame(message));
    expect(codes(await sender.acks(1))).toEqual(['AA 1']);
    expect(performance.now() - started).toBeLessThan(5000);
    await eventually(() => expect(gateway.messages()[0]?.data.equals(message)).toBe(true));
  });

  test('of 20 MB is answered AE, its head is kept, and the connection ends', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    const message = Buffer.concat([hl7('1'), Buffer.alloc(20_000_000, 'x')]);
    sender.write(frame(message)).catch(() => {});
    const acks = await sender.acks(1);
    expect(codes(acks)).toEqual(['AE 1']);
    expect(acks[0]?.text).toMatch(/^OVR_MESSAGE_TOO_LARGE/);
    sender.socket.end();
    await sender.closed;
    await eventually(() => expect(gateway.deadLetters()).toHaveLength(1));
    expect(gateway.deadLetters()[0]?.data.equals(message.subarray(0, 65_536))).toBe(true);
    const next = await gateway.connect();
    await next.write(frame(hl7('2')));
    expect(codes(await next.acks(1))).toEqual(['AA 2']);
  });

  test('without MSH is cut off without an answer', async () => {
    const gateway = await startEngine({ listener: { maxMessageBytes: 1024 } });
    const sender = await gateway.connect();
    await sender.write(Buffer.concat([Buffer.from([0x0b]), Buffer.alloc(5000, 'x')]));
    sender.socket.end();
    await sender.closed;
    expect(sender.received()).toBe('');
    await eventually(() => expect(gateway.deadLetters()[0]?.attributes?.code).toBe('OVR_MESSAGE_TOO_LARGE'));
  });
});

describe('a connection', () => {
  test('that never ends its frame is closed in time, though bytes keep dripping', async () => {
    const gateway = await startEngine({ listener: { messageTimeoutSeconds: 0.2 } });
    const sender = await gateway.connect();
    await sender.write(Buffer.concat([Buffer.from([0x0b]), hl7('1')]));
    const drip = setInterval(() => sender.socket.write('x'), 20);
    await sender.closed;
    clearInterval(drip);
    await eventually(() => expect(gateway.deadLetters()[0]?.attributes?.code).toBe('OVR_MLLP_FRAME_TIMEOUT'));
    expect(sender.received()).toBe('');
  });

  test('that says nothing is closed when it has been idle', async () => {
    const gateway = await startEngine({ listener: { idleTimeoutSeconds: 0.1 } });
    const sender = await gateway.connect();
    await sender.closed;
    expect(gateway.deadLetters()).toHaveLength(0);
  });

  test('that ends its half after the message still gets the acknowledgement', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    sender.socket.end(frame(hl7('1')));
    expect(codes(await sender.acks(1))).toEqual(['AA 1']);
    await sender.closed;
  });

  test('beyond the greatest number is turned away', async () => {
    const gateway = await startEngine({ listener: { maxConnections: 1 } });
    const first = await gateway.connect();
    await first.write(frame(hl7('1')));
    await first.acks(1);
    const second = await gateway.connect();
    await second.closed;
    expect(gateway.counted('overread_connections_refused_total', { reason: 'too_many' })).toBe(1);
  });

  test('from an address not on the list is turned away', async () => {
    const gateway = await startEngine({ listener: { allowFrom: ['192.0.2.0/24'] } });
    const sender = await gateway.connect();
    await sender.closed;
    expect(gateway.counted('overread_connections_refused_total', { reason: 'address' })).toBe(1);
  });

  test('from an address on the list is served', async () => {
    const gateway = await startEngine({ listener: { host: '0.0.0.0', allowFrom: ['127.0.0.0/8'] } });
    const sender = await gateway.connect();
    await sender.write(frame(hl7('1')));
    expect(codes(await sender.acks(1))).toEqual(['AA 1']);
  });

  test('keeps the order of its messages, also when they are sent without waiting', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    const ids = Array.from({ length: 200 }, (_, i) => String(i));
    for (const id of ids) sender.socket.write(frame(hl7(id)));
    expect((await sender.acks(200)).map((ack) => ack.controlId)).toEqual(ids);
    await eventually(() => expect(gateway.messages()).toHaveLength(200));
    expect(gateway.messages().map((event) => /ACC-(\d+)/.exec(event.data.toString())?.[1])).toEqual(ids);
  });

  test('is answered for what it has sent when the gateway stops', async () => {
    const gateway = await startEngine();
    const sender = await gateway.connect();
    await sender.write(frame(hl7('1')));
    await sender.acks(1);
    await gateway.engine.stop();
    await sender.closed;
  });
});

describe('a listener', () => {
  test('beyond loopback without protection does not start', async () => {
    await expect(startEngine({ listener: { host: '0.0.0.0' } })).rejects.toMatchObject({
      code: 'OVR_UNSAFE_BINDING',
    });
  });

  test('on a taken port says so with its name', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startEngine({ listener: { port } })).rejects.toMatchObject({
      code: 'OVR_PORT_IN_USE',
      detail: expect.stringContaining('gateway.mllp "main"'),
    });
    holder.close();
  });

  test('on an address of another machine says so', async () => {
    const listener = { host: '192.0.2.1', allowFrom: ['192.0.2.0/24'] };
    await expect(startEngine({ listener })).rejects.toMatchObject({ code: 'OVR_LISTEN_FAILED' });
  });
});
