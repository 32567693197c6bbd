import { expect, test } from '@jest/globals';
import { createDisk, type Disk } from '../../../../services/ingest/gateway/spool/index.js';
import { eventually } from '../../../support/eventually.js';
import { startEngine } from '../support/engine.js';
import { frame, hl7 } from '../support/messages.js';

function fullDisk() {
  const state = { full: true };
  const disk: Disk = {
    ...createDisk(),
    write: (file, bytes, position) =>
      state.full
        ? Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
        : createDisk().write(file, bytes, position),
  };
  return { state, disk };
}

test.each([
  ['AE', 'AE 1'],
  ['AR', 'AR 1'],
])(
  'on a full disk nothing is acknowledged: %s, and AA again once there is space',
  async (onStoreFailure, said) => {
    const { state, disk } = fullDisk();
    const gateway = await startEngine({ disk, listener: { onStoreFailure } });
    const sender = await gateway.connect();
    await sender.write(frame(hl7('1')));
    const [refused] = await sender.acks(1);
    expect(`${refused?.code} ${refused?.controlId}`).toBe(said);
    expect(refused?.text).toBe('OVR_SPOOL_NO_SPACE: not stored, send it again');
    expect(gateway.engine.state()).toEqual({ storing: false, detail: 'OVR_SPOOL_NO_SPACE' });
    state.full = false;
    await sender.write(frame(hl7('1')));
    expect((await sender.acks(2))[1]?.code).toBe('AA');
    expect(gateway.engine.state()).toEqual({ storing: true, detail: '' });
    await eventually(() => expect(gateway.messages()).toHaveLength(1));
    expect(gateway.counted('overread_spool_failures_total', { code: 'OVR_SPOOL_NO_SPACE' })).toBe(1);
  },
);

test('on a full disk the connection is closed without a word where the contract wants that', async () => {
  const { disk } = fullDisk();
  const gateway = await startEngine({ disk, listener: { onStoreFailure: 'close' } });
  const sender = await gateway.connect();
  await sender.write(frame(hl7('1')));
  sender.socket.end();
  await sender.closed;
  expect(sender.received()).toBe('');
});

test('what cannot even be kept as a dead letter is answered as a store failure, not as bad content', async () => {
  const { disk } = fullDisk();
  const gateway = await startEngine({ disk });
  const sender = await gateway.connect();
  await sender.write(frame('no header'));
  expect((await sender.acks(1))[0]).toMatchObject({ code: 'AE', controlId: '' });
});

test('the same message at the same moment on two connections is stored once and answered after that', async () => {
  const gateway = await startEngine();
  const senders = await Promise.all([gateway.connect(), gateway.connect()]);
  await Promise.all(senders.map((sender) => sender.write(frame(hl7('1')))));
  const acks = await Promise.all(senders.map((sender) => sender.acks(1)));
  expect(acks.map(([ack]) => ack?.code)).toEqual(['AA', 'AA']);
  await eventually(() => expect(gateway.messages()).toHaveLength(1));
});
