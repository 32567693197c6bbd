import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readHeader } from '../../../services/ingest/header.js';
import { eventually } from '../../support/eventually.js';
import { samplesFolder } from '../../support/samples.js';
import { startEngine } from './support/engine.js';
import { frame } from './support/messages.js';

const folder = samplesFolder();
const testWithSamples = folder === null ? test.skip : test;

testWithSamples(
  'every sample of a real feed is acknowledged with its own id and kept byte for byte',
  async () => {
    const samples = join(folder ?? '', 'hl7-samples');
    const messages = readdirSync(samples)
      .filter((name) => name.endsWith('.hl7'))
      .map((name) => readFileSync(join(samples, name)))
      // One file ends with the end of its frame.
      .map((bytes) => (bytes.includes(0x1c) ? bytes.subarray(0, bytes.indexOf(0x1c)) : bytes));
    const gateway = await startEngine();
    const sender = await gateway.connect();
    for (const message of messages) await sender.write(frame(message));
    const acks = await sender.acks(messages.length);
    expect(acks.map((ack) => ack.code)).toEqual(messages.map(() => 'AA'));
    expect(acks.map((ack) => ack.controlId)).toEqual(
      messages.map((message) => readHeader(message)?.field(10)),
    );
    await eventually(() => expect(gateway.messages()).toHaveLength(messages.length));
    expect(gateway.messages().every((event, i) => event.data.equals(messages[i] ?? Buffer.alloc(0)))).toBe(
      true,
    );
    // Two of them have the same control id and other text.
    expect(gateway.messages().filter((event) => event.attributes?.flags !== '')).toHaveLength(1);
  },
);
