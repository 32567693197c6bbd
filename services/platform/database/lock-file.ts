import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { OverreadError } from '../../../contracts/index.js';
import { errorCode } from '../error-code.js';

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
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Two processes open one PGlite folder without an error and ruin it (electric-sql/pglite#1106), so a file with our
 * pid stands beside it. A file whose process is dead is taken over. Pids mean nothing across containers: one
 * replica a volume. Returns the release. Throws OVR_DATABASE_LOCKED.
 */
export function acquireLockFile(path: string): () => void {
  if (!create(path)) {
    const holder = Number.parseInt(readFileSync(path, 'utf8'), 10);
    if (Number.isInteger(holder) && isAlive(holder)) {
      throw new OverreadError('OVR_DATABASE_LOCKED', `process ${holder}`);
    }
    unlinkSync(path);
    if (!create(path)) throw new OverreadError('OVR_DATABASE_LOCKED');
  }
  return () => unlinkSync(path);
}
