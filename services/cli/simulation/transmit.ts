import type { Clock } from '../../platform/index.js';
import { connectMllp, type MllpTarget } from '../mllp/client.js';
import type { SimulatedMessage } from './messages.js';

/** `latenciesMs`: from sending a message to its acknowledgement, one for each message. */
export type Transmission = {
  readonly sent: number;
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
};

export type TransmitOptions = {
  readonly target: MllpTarget;
  readonly connections: number;
  /** Messages a second over all connections; null: as fast as the receiver acknowledges. */
  readonly rate: number | null;
  readonly clock: Clock;
  readonly onSent?: (sent: number) => void;
  readonly signal?: AbortSignal;
};

/** Mixes the messages of `open` studies, as a department's feed does; each study keeps its own order. */
export function* interleaved(
  studies: Iterator<readonly SimulatedMessage[]>,
  open: number,
  pick: (below: number) => number,
): Generator<SimulatedMessage> {
  const queues: SimulatedMessage[][] = [];
  const refill = () => {
    while (queues.length < open) {
      const next = studies.next();
      if (next.done === true) return;
      queues.push([...next.value]);
    }
  };
  for (refill(); queues.length > 0; refill()) {
    const index = pick(queues.length);
    const message = queues[index]?.shift();
    if (message !== undefined) yield message;
    if (queues[index]?.length === 0) queues.splice(index, 1);
  }
}

/** Sends every message once, each connection one at a time, and waits for each acknowledgement. */
export async function transmit(
  messages: Iterator<Pick<SimulatedMessage, 'hl7'>>,
  options: TransmitOptions,
): Promise<Transmission> {
  const acknowledged = new Map<string, number>();
  const latenciesMs: number[] = [];
  let sent = 0;
  const started = performance.now();

  async function work(): Promise<void> {
    const client = await connectMllp(options.target);
    try {
      for (;;) {
        if (options.signal?.aborted === true) return;
        if (options.rate !== null) {
          const due = started + (sent / options.rate) * 1000;
          const wait = due - performance.now();
          if (wait > 0) {
            await options.clock.sleep(Math.min(wait, 1000), options.signal);
            continue;
          }
        }
        const next = messages.next();
        if (next.done === true) return;
        sent += 1;
        const before = performance.now();
        const { code } = await client.send(Buffer.from(next.value.hl7, 'utf8'));
        latenciesMs.push(performance.now() - before);
        acknowledged.set(code, (acknowledged.get(code) ?? 0) + 1);
        options.onSent?.(sent);
      }
    } finally {
      await client.close();
    }
  }

  await Promise.all(Array.from({ length: options.connections }, work));
  return { sent, acknowledged, latenciesMs, seconds: (performance.now() - started) / 1000 };
}
