import { Worker } from 'node:worker_threads';
import type { MetricInfo } from '../../../contracts/index.js';
import type { FromWorker, ToWorker } from './messages.js';

export type SeatOptions = {
  readonly workerFile: string;
  readonly workerData: unknown;
  readonly memoryLimitMb: number;
};

export type Seat = {
  post(message: ToWorker): void;
  /** Ends the thread, in the middle of a job too; `onGone` is not called any more. */
  close(): Promise<void>;
};

export type SeatEvents = {
  readonly onReady: (info: MetricInfo) => void;
  readonly onAnswer: (answer: Exclude<FromWorker, { type: 'ready' }>) => void;
  /** The thread ended by itself: an error, no memory, an exit. */
  readonly onGone: (error: unknown) => void;
};

/** One worker thread from its start to its end. */
export function openSeat({ workerFile, workerData, memoryLimitMb }: SeatOptions, events: SeatEvents): Seat {
  const worker = new Worker(workerFile, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
  });
  let closed = false;
  let reason: unknown = null;
  worker.on('message', (message: FromWorker) => {
    if (closed) return;
    if (message.type === 'ready') events.onReady(message.info);
    else events.onAnswer(message);
  });
  worker.on('error', (error) => {
    reason = error;
  });
  worker.on('exit', () => {
    if (!closed) events.onGone(reason);
  });
  return {
    post: (message) => worker.postMessage(message),
    async close() {
      closed = true;
      await worker.terminate();
    },
  };
}
