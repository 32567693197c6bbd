import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderConfig, MEDIA_TYPES, OverreadError } from '../../../../contracts/index.js';
import { type Clock, errorCode } from '../../../platform/index.js';
import type { Wire } from '../../feeds.js';
import { type Part, partsOf } from '../file-parts.js';
import type { Intake } from '../intake.js';
import type { Meter } from '../metrics.js';
import type { Report } from '../report.js';
import { explain, type Found, lookInto, makePlaces, moveInto, PLACES, type Place } from './files.js';

export type FolderDeps = {
  readonly config: FolderConfig;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly report: Report;
};

/** A file is read whole; a larger one is rejected by its size. */
const MAX_FILE_BYTES = 268_435_456;
const HEAD_BYTES = 65_536;

async function headOf(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Files dropped into a folder: HL7 (several messages a file, plain or MLLP frames) and DICOM. A file is taken when it
 * has not changed since the look before, moved to `processing`, and from there to `done` or `rejected`. While the
 * store fails it goes back and is tried again; what a crash left in `processing` is taken first at the next start.
 */
export function createFolder({ config, intake, clock, meter, report }: FolderDeps) {
  const wire: Wire = { listener: config.name, transport: 'folder', tlsSubject: '' };
  const stopping = new AbortController();
  const place = (name: Place) => join(config.path, PLACES[name]);
  let before = new Map<string, string>();
  let loop: Promise<void> = Promise.resolve();
  let failure = '';

  /** The code a part is rejected with, or null. Throws where the store fails. */
  const takePart = async (part: Part): Promise<string | null> => {
    try {
      if (part.kind === 'message') {
        await intake.accept({ raw: part.raw, contentType: part.contentType, wire });
        return null;
      }
      await intake.refuse({ raw: part.raw, contentType: MEDIA_TYPES.hl7, wire, code: part.code });
      return part.code;
    } catch (error) {
      if (error instanceof OverreadError && !error.retry) return error.code;
      throw error;
    }
  };

  const takeFile = async (path: string, size: number): Promise<string[]> => {
    const parts: Part[] =
      size > MAX_FILE_BYTES
        ? [{ kind: 'refused', code: 'OVR_MESSAGE_TOO_LARGE', raw: await headOf(path) }]
        : partsOf(await readFile(path), config.maxMessageBytes);
    const codes: string[] = [];
    for (const part of parts) {
      const code = await takePart(part);
      if (code !== null) codes.push(code);
    }
    return codes;
  };

  const settle = async ({ name, size }: Found) => {
    const taken = join(place('taken'), name);
    const codes = await takeFile(taken, size);
    const end = codes.length === 0 ? 'done' : 'rejected';
    const path = await moveInto(taken, place(end), name, clock.now());
    for (const code of codes) {
      meter.count('overread_messages_refused_total', { transport: 'folder', listener: config.name, code });
    }
    if (codes.length === 0) return;
    await explain(path, codes);
    report('warn', 'a file was rejected', { listener: config.name, code: codes.join(' ') });
  };

  const look = async () => {
    for (const left of await lookInto(place('taken'))) await settle(left);
    const found = await lookInto(config.path);
    const now = new Map(found.map(({ name, size, modified }) => [name, `${size} ${modified}`]));
    for (const file of found) {
      if (stopping.signal.aborted) break;
      if (before.get(file.name) !== now.get(file.name)) continue;
      await rename(join(config.path, file.name), join(place('taken'), file.name));
      await settle(file);
    }
    before = now;
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await makePlaces(config.path);
        await look();
        failure = '';
      } catch (error) {
        const code = error instanceof OverreadError ? error.code : 'OVR_FOLDER_UNREADABLE';
        if (code !== failure) {
          report('error', 'a folder cannot be worked on; it is tried again', {
            listener: config.name,
            code,
            cause: errorCode(error),
          });
        }
        failure = code;
      }
      await clock.sleep(config.pollSeconds * 1000, stopping.signal);
    }
  };

  return {
    start() {
      loop = run();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
    /** Code of what keeps it from working, or ''. */
    failure: () => failure,
  };
}
