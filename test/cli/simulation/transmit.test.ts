import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createRandom } from '../../../services/cli/simulation/random.js';
import { interleaved, transmit } from '../../../services/cli/simulation/transmit.js';
import { systemClock } from '../../../services/platform/index.js';
import { startEngine } from '../../ingest/gateway/support/engine.js';
import { hl7 } from '../../ingest/gateway/support/messages.js';
import { eventually } from '../../support/eventually.js';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** Takes connections and does with them what it is told. */
async function listen(handle: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    handle(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const target = (port: number, timeoutMs = 5_000) => ({ host: '127.0.0.1', port, timeoutMs });

describe('messages of several studies', () => {
  const study = (name: string, length: number) =>
    Array.from({ length }, (_, n) => ({
      sender: 'ris' as const,
      what: 'final' as const,
      accession: name,
      divergence: 'reworded' as const,
      hl7: `${name}${n}`,
    }));
  const mixed = (seed: number, open: number) => {
    const random = createRandom(seed);
    const lengths = [3, 1, 4, 2, 5, 2];
    const studies = lengths.map((length, n) => study(`S${n}-`, length));
    return [...interleaved(studies.values(), open, (below) => random.integer(0, below - 1))];
  };

  test('are all sent once, each study in its own order', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const sent = mixed(seed, 4);
      expect(sent).toHaveLength(17);
      for (const name of ['S0-', 'S2-', 'S4-']) {
        const own = sent.filter((m) => m.accession === name).map((m) => m.hl7);
        expect(own).toEqual(own.toSorted());
      }
    }
  });

  test('mix, at most as many studies at once as are open, and alike for the same seed', () => {
    expect(mixed(3, 4)).toEqual(mixed(3, 4));
    expect(mixed(3, 4)).not.toEqual(mixed(4, 4));
    const oneByOne = mixed(3, 1).map((m) => m.accession);
    expect(oneByOne).toEqual(oneByOne.toSorted());
  });
});

describe('transmitting', () => {
  test('sends each message once over several connections and counts the answers', async () => {
    const gateway = await startEngine();
    const messages = Array.from({ length: 40 }, (_, n) => ({ hl7: hl7(`${n}`).toString() }));
    const seen: number[] = [];
    const result = await transmit([...messages, { hl7: 'no message' }].values(), {
      target: target(gateway.port),
      connections: 4,
      rate: null,
      clock: systemClock,
      onSent: (sent) => seen.push(sent),
    });
    expect(result.sent).toBe(41);
    expect(result.acknowledged.get('AA')).toBe(40);
    expect([...result.acknowledged.values()].reduce((a, b) => a + b)).toBe(41);
    expect(result.latenciesMs).toHaveLength(41);
    expect(Math.max(...seen)).toBe(41);
    await eventually(() => expect(gateway.messages()).toHaveLength(40));
  });

  test('keeps to its rate', async () => {
    const gateway = await startEngine();
    const messages = Array.from({ length: 11 }, (_, n) => ({ hl7: hl7(`${n}`).toString() }));
    const { seconds } = await transmit(messages.values(), {
      target: target(gateway.port),
      connections: 2,
      rate: 50,
      clock: systemClock,
    });
    expect(seconds).toBeGreaterThan(0.19);
  });

  test('ends when told to, with what was sent', async () => {
    const gateway = await startEngine();
    const ending = new AbortController();
    function* endless() {
      for (let n = 0; ; n += 1) yield { hl7: hl7(`${n}`).toString() };
    }
    const { sent } = await transmit(endless(), {
      target: target(gateway.port),
      connections: 2,
      rate: null,
      clock: systemClock,
      signal: ending.signal,
      onSent: (n) => n >= 10 && ending.abort(),
    });
    expect(sent).toBeGreaterThanOrEqual(10);
    expect(sent).toBeLessThan(20);
  });

  test.each([
    ['closes', (socket: Socket) => socket.once('data', () => socket.end())],
    ['breaks off', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['says nothing', () => {}],
  ])('a receiver that %s is OVR_NO_ACKNOWLEDGEMENT', async (_, handle) => {
    const port = await listen(handle);
    const sending = transmit([{ hl7: 'MSH|' }].values(), {
      target: target(port, 200),
      connections: 1,
      rate: null,
      clock: systemClock,
    });
    await expect(sending).rejects.toMatchObject({ code: 'OVR_NO_ACKNOWLEDGEMENT' });
  });

  test('no receiver is OVR_RECEIVER_UNREACHABLE with the address', async () => {
    const port = await listen(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const sending = transmit([].values(), {
      target: target(port),
      connections: 1,
      rate: null,
      clock: systemClock,
    });
    await expect(sending).rejects.toMatchObject({
      code: 'OVR_RECEIVER_UNREACHABLE',
      detail: `127.0.0.1:${port}`,
    });
  });
});
