import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../contracts/index.js';
import { loadSecrets } from '../../platform/index.js';

/** The service's own key where there is one, so that pseudonyms are the same; looking at a file never makes one. */
export function hashKeyFor(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly hashKey: string; readonly throwAway: boolean } {
  const there = environment.OVERREAD_HASH_KEY !== undefined || existsSync(join(config.dataDir, 'hash.key'));
  return there
    ? { hashKey: loadSecrets(config, environment).hashKey, throwAway: false }
    : { hashKey: randomBytes(32).toString('hex'), throwAway: true };
}
