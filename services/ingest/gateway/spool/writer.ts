import type { FileHandle } from 'node:fs/promises';
import { OverreadError } from '../../../../contracts/index.js';
import { errorCode } from '../../../platform/index.js';
import { type Disk, syncFolder } from './disk.js';
import { type Segment, segmentPath } from './segments.js';

export type WriterOptions = {
  readonly folder: string;
  readonly disk: Disk;
  readonly segmentBytes: number;
  /** Longest wait for company before a sync; 0 still groups all who came during the sync before. */
  readonly maxBatchWaitMs: number;
  readonly firstNumber: number;
  now(): number;
  /** A segment was begun. */
  begun(segment: Segment): void;
  /** A segment was given up before anything durable stood in it. */
  discarded(segment: Segment): Promise<void>;
  /** Room for `bytes` under the size limit, made if need be. */
  room(bytes: number): Promise<boolean>;
  /** Frees space on a full disk; false where there is nothing to give up. */
  free(bytes: number): Promise<boolean>;
};

export type Writer = {
  /** Resolves when the bytes are on disk for good. Rejects with OVR_SPOOL_FULL, _NO_SPACE or _WRITE_FAILED. */
  append(bytes: Buffer): Promise<void>;
  /** Waits for what is under way and seals the open segment. */
  close(): Promise<void>;
};

type Waiting = { readonly bytes: Buffer; resolve(): void; reject(error: unknown): void };
type Open = { readonly file: FileHandle; readonly segment: Segment };

/** Bytes that share one sync at most, so that a failure refuses few. */
const GROUP_BYTES = 16_777_216;
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT']);

function coded(cause: unknown): OverreadError {
  if (cause instanceof OverreadError) return cause;
  const code = errorCode(cause);
  return NO_SPACE.has(code)
    ? new OverreadError('OVR_SPOOL_NO_SPACE', code, { cause })
    : new OverreadError('OVR_SPOOL_WRITE_FAILED', code, { cause });
}

/** Appends in the order of the calls; writers that wait together share one fdatasync. */
export function createWriter(options: WriterOptions): Writer {
  const { disk } = options;
  let waiting: Waiting[] = [];
  let open: Open | null = null;
  let number = options.firstNumber;
  let running = false;
  let current: Promise<void> = Promise.resolve();
  /** Writers seen at the last sync, how long it took, and who is to be told when as many are there again. */
  let expected = 1;
  let syncMs = 0;
  let complete = () => {};

  const begin = async (): Promise<Open> => {
    const path = segmentPath(options.folder, number);
    const file = await disk.create(path);
    number += 1;
    await syncFolder(options.folder);
    const segment = { number: number - 1, path, size: 0, lastWrite: options.now(), sealed: false };
    options.begun(segment);
    return { file, segment };
  };

  const seal = async () => {
    const ending = open;
    open = null;
    if (ending === null) return;
    ending.segment.sealed = true;
    await ending.file.close().catch(() => {});
  };

  const write = async (bytes: Buffer) => {
    if (open !== null && open.segment.size >= options.segmentBytes) await seal();
    open ??= await begin();
    const { file, segment } = open;
    try {
      await disk.write(file, bytes, segment.size);
      const started = performance.now();
      await disk.sync(file);
      syncMs = performance.now() - started;
    } catch (error) {
      // What a failed write or sync left behind is unknown, so nothing is ever written after it in the same file.
      await disk.truncate(file, segment.size).catch(() => {});
      await seal();
      if (segment.size === 0) await options.discarded(segment);
      throw error;
    }
    segment.size += bytes.length;
    segment.lastWrite = options.now();
  };

  const store = async (bytes: Buffer) => {
    if (!(await options.room(bytes.length))) throw new OverreadError('OVR_SPOOL_FULL');
    try {
      await write(bytes);
    } catch (error) {
      if (!NO_SPACE.has(errorCode(error)) || !(await options.free(bytes.length))) throw error;
      await write(bytes);
    }
  };

  const takeGroup = (): Waiting[] => {
    let bytes = 0;
    const end = waiting.findIndex((one, index) => {
      bytes += one.bytes.length;
      return index > 0 && bytes > GROUP_BYTES;
    });
    const group = end === -1 ? waiting : waiting.slice(0, end);
    waiting = end === -1 ? [] : waiting.slice(end);
    return group;
  };

  /**
   * Waits for those who wrote a moment ago: their senders have just been answered and are about to send the next.
   * Without it the writers of a busy port part into two groups that sync in turns, at half the rate (measured). A
   * lone writer waits for nobody, and nobody longer than half a sync takes.
   */
  const company = () =>
    new Promise<void>((resolve) => {
      const patience = Math.min(options.maxBatchWaitMs, Math.max(1, syncMs / 2));
      if (waiting.length >= expected || options.maxBatchWaitMs === 0) {
        setImmediate(resolve);
        return;
      }
      const timer = setTimeout(resolve, patience);
      complete = () => {
        if (waiting.length < expected) return;
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    while (waiting.length > 0) {
      await company();
      complete = () => {};
      const group = takeGroup();
      const [first] = group;
      const bytes =
        group.length === 1 && first !== undefined
          ? first.bytes
          : Buffer.concat(group.map((one) => one.bytes));
      try {
        await store(bytes);
        expected = group.length + waiting.length;
        for (const one of group) one.resolve();
      } catch (error) {
        const failure = coded(error);
        for (const one of group) one.reject(failure);
      }
    }
    running = false;
  };

  return {
    append: (bytes) =>
      new Promise((resolve, reject) => {
        waiting.push({ bytes, resolve, reject });
        complete();
        if (running) return;
        running = true;
        current = run();
      }),
    async close() {
      while (running) await current;
      await seal();
    },
  };
}
