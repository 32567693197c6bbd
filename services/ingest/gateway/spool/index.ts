import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpoolConfig } from '../../../../contracts/index.js';
import { acquireLockFile, type Clock, errorCode } from '../../../platform/index.js';
import type { Report } from '../report.js';
import { readCursor, writeCursor } from './cursor.js';
import { createDisk, type Disk } from './disk.js';
import { type BatchLimits, readBatch } from './reader.js';
import { encodeRecord, type SpoolRecord } from './record.js';
import { dropDrained, listSegments, type Segment } from './segments.js';
import { createWriter } from './writer.js';

export type { Disk } from './disk.js';
export { createDisk } from './disk.js';
export type { SpoolRecord } from './record.js';

export type SpoolOptions = {
  readonly folder: string;
  readonly config: SpoolConfig;
  readonly clock: Clock;
  readonly report: Report;
  readonly disk?: Disk;
  /** Sees the records of the last segments at opening, oldest first: what was received before the restart. */
  readonly remember?: (record: SpoolRecord) => void;
};

/** `depth` counts records that wait for the bus; `oldestAt` is when the first of them was received. */
export type SpoolFigures = {
  readonly bytes: number;
  readonly depth: number;
  readonly oldestAt: Date | null;
  /** Code of the last failure to store, '' once storing works again. */
  readonly failure: string;
};

export type Spool = {
  /** Resolves when the record is durable. Rejects with OVR_SPOOL_FULL, OVR_SPOOL_NO_SPACE or OVR_SPOOL_WRITE_FAILED. */
  append(record: SpoolRecord): Promise<void>;
  /** The records at the cursor, oldest first; the same again until `advance`. Waits for one, or gives [] on abort. */
  next(limits: BatchLimits, signal: AbortSignal): Promise<readonly SpoolRecord[]>;
  /** The last batch of `next` is done for good. */
  advance(): void;
  /** Drops segments past keepHours. */
  sweep(): Promise<void>;
  figures(): SpoolFigures;
  /** An orderly end: the next opening goes on at the cursor. */
  close(): Promise<void>;
};

const HOUR_MS = 3_600_000;
/** Drained segments whose records `remember` sees after a clean end, the newest ones. */
const REMEMBERED_SEGMENTS = 2;
/** However small maxBytes is: a segment that is still written cannot be dropped. */
const SEGMENTS_AT_LEAST = 8;
const SCAN: BatchLimits = { records: 10_000, bytes: 4_194_304 };

/** Shows every record of a part of a segment, oldest first; `to` is where a record begins or the segment ends. */
async function scan(
  segment: Segment,
  from: number,
  to: number,
  report: Report,
  visit: (record: SpoolRecord) => void,
): Promise<void> {
  for (let at = from; at < to; ) {
    const batch = await readBatch({ ...segment, size: to }, at, SCAN, report);
    batch.records.forEach(visit);
    at = batch.end;
  }
}

/** Opens the spool of a folder; after an unclean end every segment it still keeps is drained again. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, report, remember = () => {} } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = acquireLockFile(join(folder, 'lock'), 'OVR_SPOOL_LOCKED');
  try {
    const segments = await listSegments(folder);
    const stored = await readCursor(folder);
    const start = stored?.clean === true ? stored : { segment: segments[0]?.number ?? 0, offset: 0 };
    if (segments.length > 0 && stored?.clean !== true) {
      report('warn', 'the spool was not closed: what it keeps is drained again', {
        segments: segments.length,
      });
    }
    await writeCursor(folder, { segment: start.segment, offset: start.offset, clean: false });

    let depth = 0;
    for (const [index, segment] of segments.entries()) {
      const drained = segment.number < start.segment ? segment.size : 0;
      const from = segment.number === start.segment ? start.offset : drained;
      if (index >= segments.length - REMEMBERED_SEGMENTS) await scan(segment, 0, from, report, remember);
      await scan(segment, from, segment.size, report, (record) => {
        depth += 1;
        remember(record);
      });
    }
    return run(options, segments, { segment: start.segment, offset: start.offset }, depth, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

type Place = { readonly segment: number; readonly offset: number };

function run(
  { folder, config, clock, report, disk = createDisk() }: SpoolOptions,
  segments: Segment[],
  start: Place,
  startDepth: number,
  unlock: () => void,
): Spool {
  let cursor = start;
  let depth = startDepth;
  let failure = '';
  let arrivals = 0;
  let pending: { readonly records: readonly SpoolRecord[]; readonly end: Place } | null = null;
  let wake: () => void = () => {};

  const bytes = () => segments.reduce((sum, segment) => sum + segment.size, 0);
  const keepAfter = () => clock.now().getTime() - config.keepHours * HOUR_MS;

  const free = async (needed: number): Promise<boolean> => {
    const freed = await dropDrained(segments, cursor.segment, keepAfter(), needed);
    if (freed > 0) report('warn', 'drained segments were dropped to make room', { bytes: freed });
    return freed > 0;
  };

  const writer = createWriter({
    folder,
    disk,
    segmentBytes: Math.min(config.segmentBytes, Math.ceil(config.maxBytes / SEGMENTS_AT_LEAST)),
    maxBatchWaitMs: config.maxBatchWaitMs,
    firstNumber: Math.max(segments.at(-1)?.number ?? 0, start.segment) + 1,
    now: () => clock.now().getTime(),
    begun: (segment) => {
      segments.push(segment);
    },
    async discarded(segment) {
      segments.splice(segments.indexOf(segment), 1);
      await unlink(segment.path).catch(() => {});
    },
    async room(needed) {
      const over = bytes() + needed - config.maxBytes;
      if (over > 0) await free(over);
      return bytes() + needed <= config.maxBytes;
    },
    free,
  });

  /** Steps over what holds no record: the end of a sealed segment, the gap to the next. */
  const read = async (limits: BatchLimits): Promise<boolean> => {
    for (;;) {
      const segment = segments.find((one) => one.number >= cursor.segment);
      if (segment === undefined) return false;
      const offset = segment.number === cursor.segment ? cursor.offset : 0;
      if (offset >= segment.size) {
        if (!segment.sealed) return false;
        cursor = { segment: segment.number + 1, offset: 0 };
        continue;
      }
      const { records, end } = await readBatch(segment, offset, limits, report);
      if (records.length === 0) {
        cursor = { segment: segment.number, offset: end };
        continue;
      }
      pending = { records, end: { segment: segment.number, offset: end } };
      return true;
    }
  };

  const more = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });

  return {
    async append(record) {
      try {
        await writer.append(encodeRecord(record));
      } catch (error) {
        failure = errorCode(error);
        throw error;
      }
      failure = '';
      depth += 1;
      arrivals += 1;
      wake();
    },
    async next(limits, signal) {
      while (pending === null && !signal.aborted) {
        const before = arrivals;
        if (!(await read(limits)) && arrivals === before) await more(signal);
      }
      return pending?.records ?? [];
    },
    advance() {
      if (pending === null) return;
      cursor = pending.end;
      depth -= pending.records.length;
      pending = null;
    },
    async sweep() {
      await dropDrained(segments, cursor.segment, keepAfter(), 0);
    },
    figures: () => {
      const first = pending?.records[0]?.meta.attributes.receivedat;
      return { bytes: bytes(), depth, oldestAt: first === undefined ? null : new Date(first), failure };
    },
    async close() {
      await writer.close();
      await writeCursor(folder, { ...cursor, clean: true });
      unlock();
    },
  };
}
