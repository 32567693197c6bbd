import { parentPort, workerData } from 'node:worker_threads';
import { type OutgoingEvent, systemClock } from '../../../platform/index.js';
import { createEngine } from '../engine.js';
import { createCollectingMeter } from '../metrics.js';
import {
  asBuffer,
  type FromThread,
  fromFailure,
  ownBytes,
  type ThreadData,
  type ToThread,
  toFailure,
} from './messages.js';

/** The gateway's thread: the engine, with the main thread's port in place of bus, log and metrics. */

const TELEMETRY_EVERY_MS = 250;

const port = parentPort;
if (port === null) throw new Error('runs as a worker thread only');
const data = workerData as ThreadData;
const tell = (message: FromThread, transfer: readonly ArrayBuffer[] = []) =>
  port.postMessage(message, [...transfer]);

type Call = { resolve(): void; reject(error: unknown): void };
const publishing = new Map<number, Call>();
let calls = 0;

function publish(events: readonly OutgoingEvent[]): Promise<void> {
  return new Promise((resolve, reject) => {
    calls += 1;
    publishing.set(calls, { resolve, reject });
    const owned = events.map((event) => ({ ...event, data: ownBytes(event.data) }));
    tell(
      { kind: 'publish', call: calls, events: owned },
      owned.map((event) => event.data.buffer),
    );
  });
}

const meter = createCollectingMeter();
const engine = createEngine({
  ...data,
  publish,
  clock: systemClock,
  meter,
  report: (level, message, fields) => tell({ kind: 'report', level, message, fields }),
});

const sendTelemetry = () => tell({ kind: 'telemetry', recordings: meter.take(), state: engine.state() });

const HANDLE: { readonly [K in ToThread['kind']]: (message: Extract<ToThread, { kind: K }>) => void } = {
  accept({ call, submission }) {
    engine.accept({ ...submission, raw: asBuffer(submission.raw) }).then(
      (receipt) => tell({ kind: 'accepted', call, receipt }),
      (error: unknown) => tell({ kind: 'refused', call, failure: toFailure(error) }),
    );
  },
  published({ call, failure }) {
    const waiting = publishing.get(call);
    publishing.delete(call);
    if (failure === null) waiting?.resolve();
    else waiting?.reject(fromFailure(failure, 'OVR_BUS_UNAVAILABLE'));
  },
  stop() {
    clearInterval(telemetry);
    const end = () => {
      sendTelemetry();
      tell({ kind: 'stopped' });
      port.close();
    };
    engine.stop().then(end, (error: unknown) => {
      tell({
        kind: 'report',
        level: 'error',
        message: 'the gateway did not stop in order',
        fields: { code: toFailure(error).code },
      });
      end();
    });
  },
};

const telemetry = setInterval(sendTelemetry, TELEMETRY_EVERY_MS);
port.on('message', <K extends ToThread['kind']>(message: Extract<ToThread, { kind: K }>) =>
  HANDLE[message.kind as K](message),
);

try {
  await engine.start();
  tell({ kind: 'started', ports: engine.ports() });
} catch (error) {
  clearInterval(telemetry);
  tell({ kind: 'failed', failure: toFailure(error) });
  port.close();
}
