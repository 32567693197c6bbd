import { fileURLToPath } from 'node:url';
import {
  type MetricInfo,
  type MetricInput,
  type MetricResult,
  OverreadError,
  type ScoringConfig,
} from '../../../contracts/index.js';
import type { Logger } from '../../platform/index.js';
import type { FromWorker } from './messages.js';
import { openSeat, type Seat } from './seat.js';

export type PoolDeps = {
  readonly config: ScoringConfig;
  readonly logger: Logger;
  /** Pairs that may wait; beyond it `score` rejects with OVR_SCORING_BUSY. */
  readonly queueLimit?: number;
  /** Compiled file that runs in each thread and speaks `messages.ts`. */
  readonly workerFile?: string;
  readonly memoryLimitMb?: number;
};

export type Pool = {
  /** Resolves when every worker has read its vocabulary; rejects with OVR_SCORING_WORKER_FAILED. */
  start(): Promise<void>;
  /** Ends running jobs at once; what waits is rejected with OVR_SCORING_STOPPED. */
  stop(): Promise<void>;
  /** `time_limit` past the limit of the configuration, `evaluator_failed` after a second crash on the same pair. */
  score(input: MetricInput): Promise<MetricResult>;
  /** Of the metric the workers run; OVR_SCORING_STOPPED before `start` has resolved. */
  info(): MetricInfo;
  waiting(): number;
  readyWorkers(): number;
};

type Job = {
  readonly input: MetricInput;
  readonly resolve: (result: MetricResult) => void;
  readonly reject: (error: unknown) => void;
  crashes: number;
};

type Desk = {
  seat: Seat;
  ready: boolean;
  /** Died before it was ready, in a row: its next start waits longer. */
  failures: number;
  job: { readonly number: number; readonly job: Job; readonly timer: NodeJS.Timeout } | null;
};

const DEFAULT_QUEUE_LIMIT = 1000;
const DEFAULT_MEMORY_LIMIT_MB = 512;
const CRASHES_ALLOWED = 1;
const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 10_000;

/** Scoring in worker threads: the caller's event loop stays free, and a pair that runs away can be ended. */
export function createPool(deps: PoolDeps): Pool {
  const { config, logger, queueLimit = DEFAULT_QUEUE_LIMIT } = deps;
  const seatOptions = {
    workerFile: deps.workerFile ?? fileURLToPath(new URL('./worker.js', import.meta.url)),
    workerData: config,
    memoryLimitMb: deps.memoryLimitMb ?? DEFAULT_MEMORY_LIMIT_MB,
  };
  const queue: Job[] = [];
  const desks: Desk[] = [];
  const restarts = new Set<NodeJS.Timeout>();
  let info: MetricInfo | null = null;
  let running = false;
  let jobs = 0;

  function open(
    desk: Omit<Desk, 'seat'>,
    onFirst?: { ready: () => void; failed: (error: unknown) => void },
  ): Desk {
    const seat = openSeat(seatOptions, {
      onReady(found) {
        info = found;
        opened.ready = true;
        opened.failures = 0;
        onFirst?.ready();
        dispatch();
      },
      onAnswer: (answer) => settle(opened, answer),
      onGone(error) {
        onFirst?.failed(error);
        if (running) replaceAfterCrash(opened, error);
      },
    });
    const opened: Desk = Object.assign(desk, { seat });
    return opened;
  }

  function dispatch(): void {
    for (const desk of desks) {
      if (!desk.ready || desk.job !== null) continue;
      const job = queue.shift();
      if (job === undefined) return;
      jobs += 1;
      const timer = setTimeout(() => void endOverdue(desk), config.timeLimitMs);
      desk.job = { number: jobs, job, timer };
      desk.seat.post({ job: jobs, input: job.input });
    }
  }

  function release(desk: Desk): Job | null {
    const current = desk.job;
    desk.job = null;
    if (current === null) return null;
    clearTimeout(current.timer);
    return current.job;
  }

  function settle(desk: Desk, answer: Exclude<FromWorker, { type: 'ready' }>): void {
    if (desk.job?.number !== answer.job) return;
    const job = release(desk);
    if (answer.type === 'done') job?.resolve(answer.result);
    else if (job !== null) crashed(job, answer.name);
    dispatch();
  }

  /** A second try tells a fault of the machine from a fault of the pair; a third would only take the workers down. */
  function crashed(job: Job, name: string): void {
    job.crashes += 1;
    logger.warn({ code: 'evaluator_failed', error: name, crashes: job.crashes }, 'scoring a pair failed');
    if (job.crashes > CRASHES_ALLOWED) job.resolve({ state: 'unscorable', reason: 'evaluator_failed' });
    else queue.unshift(job);
  }

  async function endOverdue(desk: Desk): Promise<void> {
    const job = release(desk);
    desk.ready = false;
    job?.resolve({ state: 'unscorable', reason: 'time_limit' });
    logger.warn({ code: 'time_limit', limitMs: config.timeLimitMs }, 'a pair ran into the time limit');
    await desk.seat.close();
    if (running) open(desk);
  }

  function replaceAfterCrash(desk: Desk, error: unknown): void {
    desk.ready = false;
    desk.failures += 1;
    logger.error({ err: error, failures: desk.failures }, 'a scoring worker ended');
    const job = release(desk);
    if (job !== null) crashed(job, 'worker ended');
    const wait = Math.min(FIRST_RESTART_MS * 2 ** (desk.failures - 1), MAX_RESTART_MS);
    const timer = setTimeout(() => {
      restarts.delete(timer);
      open(desk);
    }, wait);
    restarts.add(timer);
    dispatch();
  }

  async function stop(): Promise<void> {
    running = false;
    const stopped = new OverreadError('OVR_SCORING_STOPPED');
    for (const timer of restarts) clearTimeout(timer);
    restarts.clear();
    for (const job of queue.splice(0)) job.reject(stopped);
    const closing = desks.splice(0).map((desk) => {
      release(desk)?.reject(stopped);
      return desk.seat.close();
    });
    await Promise.all(closing);
  }

  return {
    async start() {
      const starting = Array.from(
        { length: config.workers },
        () =>
          new Promise<void>((ready, failed) => {
            desks.push(open({ ready: false, failures: 0, job: null }, { ready, failed }));
          }),
      );
      try {
        await Promise.all(starting);
      } catch (cause) {
        await stop();
        throw new OverreadError('OVR_SCORING_WORKER_FAILED', '', { cause });
      }
      running = true;
      dispatch();
    },
    stop,
    score(input) {
      if (!running) return Promise.reject(new OverreadError('OVR_SCORING_STOPPED'));
      if (queue.length >= queueLimit) {
        return Promise.reject(new OverreadError('OVR_SCORING_BUSY', `${queueLimit} waiting`));
      }
      return new Promise((resolve, reject) => {
        queue.push({ input, resolve, reject, crashes: 0 });
        dispatch();
      });
    },
    info() {
      if (info === null) throw new OverreadError('OVR_SCORING_STOPPED');
      return info;
    },
    waiting: () => queue.length,
    readyWorkers: () => desks.filter((desk) => desk.ready).length,
  };
}
