import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { temporaryFolder } from '../../support/temporary.js';
import { startEngine } from './support/engine.js';
import { frame, longMessage } from './support/messages.js';
import { rawSender } from './support/sender.js';

const CHILD = fileURLToPath(new URL('./support/crash-child.js', import.meta.url));
const CONNECTIONS = 4;
const ROUNDS = 3;

async function startChild(dataDir: string): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (line: Buffer) => resolve(Number(line.toString())));
    child.once('exit', () => reject(new Error('the child ended')));
  });
  return { child, port };
}

/** Sends until the connection breaks; returns the control ids that were acknowledged. */
async function sendUntilDead(port: number, prefix: string): Promise<string[]> {
  const sender = await rawSender(port);
  const acknowledged: string[] = [];
  for (let i = 0; ; i += 1) {
    const id = `${prefix}-${i}`;
    sender.write(frame(longMessage(id))).catch(() => {});
    try {
      const ack = (await sender.acks(i + 1)).at(-1);
      expect(ack).toMatchObject({ code: 'AA', controlId: id });
    } catch {
      return acknowledged;
    }
    acknowledged.push(id);
  }
}

test('killed under load, again and again, the gateway hands on every message it has acknowledged', async () => {
  const dataDir = await temporaryFolder();
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, port } = await startChild(dataDir);
    const dead = new Promise((resolve) => child.once('exit', resolve));
    const sending = Array.from({ length: CONNECTIONS }, (_, c) => sendUntilDead(port, `${round}-${c}`));
    setTimeout(() => child.kill('SIGKILL'), 250 + 100 * round);
    acknowledged.push(...(await Promise.all(sending)).flat());
    await dead;
  }
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * CONNECTIONS);
  const gateway = await startEngine({ spoolFolder: join(dataDir, 'spool') });
  await eventually(() => {
    const found = new Set(
      gateway.messages().map((event) => /\|ACC-([\d-]+)\|/.exec(event.data.toString())?.[1]),
    );
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  });
  await eventually(() => expect(gateway.counted('overread_spool_drained_total')).toBeGreaterThan(0));
  const own = await gateway.connect();
  await own.write(frame(longMessage('after')));
  expect((await own.acks(1))[0]?.code).toBe('AA');
});
