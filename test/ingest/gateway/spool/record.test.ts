import { expect, test } from '@jest/globals';
import { decodeRecord, encodeRecord, findRecord } from '../../../../services/ingest/gateway/spool/record.js';
import { record } from '../support/records.js';

test('a record comes back as it was, whatever its bytes', () => {
  const one = { ...record('x'), raw: Buffer.from([0, 0x0b, 0xff, 0x4f, 0x56, 0x52, 0x31]) };
  const bytes = encodeRecord(one);
  const decoded = decodeRecord(bytes, 0);
  expect(decoded).toMatchObject({ kind: 'record', record: { meta: one.meta }, next: bytes.length });
  expect(decoded.kind === 'record' && decoded.record.raw.equals(one.raw)).toBe(true);
});

test('a record cut anywhere is short, and one with any byte changed is bad or short', () => {
  const bytes = encodeRecord(record('some text'));
  for (let end = 0; end < bytes.length; end += 1) {
    expect(decodeRecord(bytes.subarray(0, end), 0).kind).toBe('short');
  }
  for (let at = 0; at < bytes.length; at += 1) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0x40;
    expect(decodeRecord(damaged, 0).kind).not.toBe('record');
  }
});

test('the next whole record is found behind damage, even if its text looks like the mark of one', () => {
  const good = encodeRecord(record('OVR1OVR1'));
  const bytes = Buffer.concat([Buffer.from('xxOVR1yyyyyyyyyyyyyy'), good]);
  expect(findRecord(bytes, 0)).toBe(20);
  expect(findRecord(bytes, 21)).toBe(-1);
});
