import { readFileSync } from 'node:fs';
import { OverreadError } from '../../contracts/index.js';

/** The bytes of a file a person named. Throws OVR_FILE_UNREADABLE. */
export function readInput(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new OverreadError('OVR_FILE_UNREADABLE', path, { cause });
  }
}
