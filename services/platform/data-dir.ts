import { accessSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OverreadError } from '../../contracts/index.js';
import { errorCode } from './error-code.js';

/**
 * Makes the folder where it is missing, and makes sure that the service can read and write it and what lies in it:
 * a first start by hand as root leaves files its own user cannot open. Throws OVR_DATA_DIR_UNUSABLE.
 */
export function openDataDir(folder: string): void {
  let path = folder;
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of readdirSync(folder)) {
      path = join(folder, name);
      accessSync(path, constants.R_OK | constants.W_OK);
    }
  } catch (cause) {
    // What another process removes while we look, its lock for one, is no trouble.
    if (path !== folder && errorCode(cause) === 'ENOENT') return;
    throw new OverreadError('OVR_DATA_DIR_UNUSABLE', `${path} ${errorCode(cause)}`, { cause });
  }
}
