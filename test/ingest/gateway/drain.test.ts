import { expect, test } from '@jest/globals';
import { OverreadError } from '../../../contracts/index.js';
import { eventually } from '../../support/eventually.js';
import { startEngine } from './support/engine.js';
import { frame, hl7 } from './support/messages.js';
import { createRecordingBus } from './support/recording-bus.js';

test('while the bus is down messages are acknowledged and wait; then they come in their order, once', async () => {
  const bus = createRecordingBus();
  bus.fail(new OverreadError('OVR_BUS_UNAVAILABLE'));
  const gateway = await startEngine({ bus });
  const sender = await gateway.connect();
  const ids = Array.from({ length: 50 }, (_, i) => String(i));
  for (const id of ids) await sender.write(frame(hl7(id)));
  expect((await sender.acks(50)).every((ack) => ack.code === 'AA')).toBe(true);
  await eventually(() => expect(gateway.engine.state().detail).toBe('OVR_BUS_UNAVAILABLE'));
  await eventually(() => expect(gateway.counted('overread_spool_records')).toBeGreaterThan(0));
  bus.fail(null);
  await eventually(() => expect(gateway.messages()).toHaveLength(50));
  expect(gateway.messages().map((event) => /ACC-(\d+)/.exec(event.data.toString())?.[1])).toEqual(ids);
  await eventually(() => expect(gateway.engine.state().detail).toBe(''));
});

test('a restart goes on where it was, and remembers what it has stored', async () => {
  const bus = createRecordingBus();
  bus.fail(new OverreadError('OVR_BUS_UNAVAILABLE'));
  const first = await startEngine({ bus });
  const before = await first.connect();
  await before.write(frame(hl7('1')));
  await before.acks(1);
  await first.engine.stop();
  bus.fail(null);
  const second = await startEngine({ bus, spoolFolder: first.spoolFolder });
  const after = await second.connect();
  await after.write(frame(hl7('1')));
  await after.write(frame(hl7('1', { text: 'other' })));
  await after.acks(2);
  await eventually(() => expect(second.messages()).toHaveLength(2));
  expect(second.messages().map((event) => event.attributes?.flags)).toEqual(['', 'reused_control_id']);
});

test('a message the bus refuses for good becomes a dead letter and holds up none behind it', async () => {
  const bus = createRecordingBus();
  const picky: typeof bus = {
    ...bus,
    async publish(events) {
      if (events.some((event) => event.type.includes('message') && event.data.length > 10_000)) {
        throw new OverreadError('OVR_MESSAGE_TOO_LARGE', 'broker limit');
      }
      await bus.publish(events);
    },
  };
  const gateway = await startEngine({ bus: picky });
  const sender = await gateway.connect();
  await sender.write(
    Buffer.concat(
      [hl7('1'), hl7('2', { text: 'x'.repeat(200_000) }), hl7('3')].map((message) => frame(message)),
    ),
  );
  await sender.acks(3);
  await eventually(() => expect(gateway.messages()).toHaveLength(2));
  const [letter] = gateway.deadLetters();
  expect(letter?.attributes).toMatchObject({
    code: 'OVR_MESSAGE_TOO_LARGE',
    originalfeed: 'made-up',
    originaltype: 'overread.message.received',
  });
  expect(letter?.data.length).toBe(65_536);
});
