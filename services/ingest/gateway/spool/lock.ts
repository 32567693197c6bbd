import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OverreadError } from '../../../../contracts/index.js';
import { errorCode } from '../../../platform/index.js';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function create(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * One process a spool. A file of a dead process is taken over, and one with our own number too: in a container the
 * process before a crash had it (always 1), and so has a gateway thread that was started anew. Returns the release.
 * Throws OVR_SPOOL_LOCKED.
 */
export function lockSpool(folder: string): () => void {
  const path = join(folder, 'lock');
  if (!create(path)) {
    const holder = Number.parseInt(readFileSync(path, 'utf8'), 10);
    if (Number.isInteger(holder) && holder !== process.pid && isAlive(holder)) {
      throw new OverreadError('OVR_SPOOL_LOCKED', `process ${holder}`);
    }
    writeFileSync(path, String(process.pid));
  }
  return () => unlinkSync(path);
}
