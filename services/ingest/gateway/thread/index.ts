import { Worker } from 'node:worker_threads';
import { OverreadError } from '../../../../contracts/index.js';
import type { Clock } from '../../../platform/index.js';
import type { Publish } from '../drain.js';
import type { EngineState } from '../engine.js';
import type { Recording } from '../metrics.js';
import type { Report } from '../report.js';
import type { Accept, Receipt } from '../types.js';
import {
  asBuffer,
  type FromThread,
  fromFailure,
  ownBytes,
  type ThreadData,
  type ToThread,
  toFailure,
} from './messages.js';

export type ThreadDeps = {
  readonly data: ThreadData;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly report: Report;
  readonly record: (recordings: readonly Recording[]) => void;
  /** What the thread runs; a test puts one that dies here. */
  readonly script?: URL;
};

const WORKER = new URL('./worker.js', import.meta.url);

export type GatewayThread = {
  /** Throws what the engine throws when it starts. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly accept: Accept;
  ports(): Readonly<Record<string, number>>;
  state(): EngineState;
};

const DOWN: EngineState = { storing: false, detail: 'OVR_GATEWAY_UNAVAILABLE' };
const RESTART_MS = { first: 200, most: 30_000 };
const STOP_DEADLINE_MS = 15_000;

type Call = { resolve(receipt: Receipt): void; reject(error: unknown): void };

/** Starts the gateway's thread, speaks with it, and starts it anew should it die. */
export function createGatewayThread(deps: ThreadDeps): GatewayThread {
  const { data, publish, clock, report, record, script = WORKER } = deps;
  const stopping = new AbortController();
  const accepting = new Map<number, Call>();
  let worker: Worker | null = null;
  let ports: Readonly<Record<string, number>> = {};
  let state = DOWN;
  let calls = 0;
  let restarts = 0;

  const tell = (to: Worker, message: ToThread, transfer: readonly ArrayBuffer[] = []) =>
    to.postMessage(message, [...transfer]);

  const down = () => {
    worker = null;
    state = DOWN;
    for (const call of accepting.values()) call.reject(new OverreadError('OVR_GATEWAY_UNAVAILABLE'));
    accepting.clear();
  };

  const handOn = async (from: Worker, call: number, message: Extract<FromThread, { kind: 'publish' }>) => {
    try {
      await publish(message.events.map((event) => ({ ...event, data: asBuffer(event.data) })));
      tell(from, { kind: 'published', call, failure: null });
    } catch (error) {
      tell(from, { kind: 'published', call, failure: toFailure(error) });
    }
  };

  const settle = (call: number, how: (waiting: Call) => void) => {
    const waiting = accepting.get(call);
    accepting.delete(call);
    if (waiting !== undefined) how(waiting);
  };

  /** Resolves when the engine is up. */
  const spawn = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const started = new Worker(script, { workerData: data });
      started.on('message', (message: FromThread) => {
        switch (message.kind) {
          case 'started':
            if (stopping.signal.aborted) return void started.terminate();
            worker = started;
            ports = message.ports;
            state = { storing: true, detail: '' };
            restarts = 0;
            return resolve();
          case 'failed':
            return reject(fromFailure(message.failure, 'OVR_GATEWAY_UNAVAILABLE'));
          case 'accepted':
            return settle(message.call, (waiting) => waiting.resolve(message.receipt));
          case 'refused':
            return settle(message.call, (waiting) =>
              waiting.reject(fromFailure(message.failure, 'OVR_GATEWAY_UNAVAILABLE')),
            );
          case 'publish':
            return void handOn(started, message.call, message);
          case 'telemetry':
            record(message.recordings);
            if (worker === started) state = message.state;
            return;
          case 'report':
            return report(message.level, message.message, message.fields);
          case 'stopped':
            return;
        }
      });
      started.once('error', (error) => {
        report('error', 'the thread of the gateway failed', { code: toFailure(error).code });
        reject(new OverreadError('OVR_GATEWAY_UNAVAILABLE', '', { cause: error }));
      });
      started.once('exit', () => {
        reject(new OverreadError('OVR_GATEWAY_UNAVAILABLE'));
        if (worker !== started) return;
        down();
        if (!stopping.signal.aborted) void restart();
      });
    });

  const restart = async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(Math.min(RESTART_MS.most, RESTART_MS.first * 2 ** restarts), stopping.signal);
      restarts += 1;
      if (stopping.signal.aborted) return;
      report('warn', 'the thread of the gateway is started anew', { attempt: restarts });
      try {
        return await spawn();
      } catch (error) {
        report('error', 'the gateway does not start', { code: toFailure(error).code });
      }
    }
  };

  return {
    start: spawn,
    async stop() {
      stopping.abort();
      const ending = worker;
      if (ending === null) return;
      const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      tell(ending, { kind: 'stop' });
      const enough = new AbortController();
      await Promise.race([ended, clock.sleep(STOP_DEADLINE_MS, enough.signal)]);
      enough.abort();
      await ending.terminate();
      down();
    },
    accept: (submission) =>
      new Promise((resolve, reject) => {
        if (worker === null || stopping.signal.aborted) {
          return reject(new OverreadError('OVR_GATEWAY_UNAVAILABLE'));
        }
        calls += 1;
        accepting.set(calls, { resolve, reject });
        const raw = ownBytes(submission.raw);
        tell(worker, { kind: 'accept', call: calls, submission: { ...submission, raw } }, [raw.buffer]);
      }),
    ports: () => ports,
    state: () => state,
  };
}
