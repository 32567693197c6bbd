import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../platform/index.js';
import { type Report, reportCode } from '../report.js';
import { decodeRecord, findRecord, type SpoolRecord } from './record.js';
import type { Segment } from './segments.js';

export type BatchLimits = { readonly records: number; readonly bytes: number };
export type Batch = { readonly records: readonly SpoolRecord[]; readonly end: number };

async function readRange(path: string, from: number, to: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(to - from);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}

/** Keeps bytes that are no record for a person to look at; the same bytes are kept once, however often they are met. */
async function setAside(segment: Segment, from: number, bytes: Buffer, report: Report): Promise<void> {
  const folder = join(segment.path, '..', 'torn');
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, `${segment.number}-${from}.bin`), bytes, { flag: 'wx', mode: 0o600 });
    reportCode(report, 'OVR_SPOOL_RECORD_SET_ASIDE', 'bytes of the spool were set aside', {
      segment: segment.number,
      offset: from,
      bytes: bytes.length,
    });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Goes on behind damage: at the next whole record of the segment, or at its end. */
async function passDamage(segment: Segment, from: number, report: Report): Promise<number> {
  const rest = await readRange(segment.path, from, segment.size);
  const found = findRecord(rest, 1);
  const length = found === -1 ? rest.length : found;
  await setAside(segment, from, rest.subarray(0, length), report);
  return found === -1 ? segment.size : from + found;
}

/** The next records of a segment from `from` on, one at least unless the durable part ends; `end` is where to go on. */
export async function readBatch(
  segment: Segment,
  from: number,
  limits: BatchLimits,
  report: Report,
): Promise<Batch> {
  let start = from;
  let want = limits.bytes;
  while (start < segment.size) {
    const bytes = await readRange(segment.path, start, Math.min(segment.size, start + want));
    const records: SpoolRecord[] = [];
    let at = 0;
    let stopped = decodeRecord(bytes, at);
    while (stopped.kind === 'record') {
      records.push(stopped.record);
      at = stopped.next;
      if (records.length >= limits.records || at >= bytes.length) break;
      stopped = decodeRecord(bytes, at);
    }
    if (records.length > 0) return { records, end: start + at };
    if (stopped.kind === 'short' && start + stopped.need <= segment.size) {
      want = stopped.need;
      continue;
    }
    start = await passDamage(segment, start, report);
    want = limits.bytes;
  }
  return { records: [], end: segment.size };
}
