import { join } from 'node:path';
import type { DatabaseConfig } from '../../../contracts/index.js';
import type { Logger } from '../logger.js';
import { openPglite } from './pglite.js';
import { openPostgres } from './postgres.js';
import type { Database } from './types.js';

export type DatabaseDeps = {
  readonly config: DatabaseConfig;
  readonly dataDir: string;
  readonly password: string | undefined;
  readonly logger: Logger;
};

/** Opens the configured database; the schema is brought up to date by `migrate`. */
export function createDatabase({ config, dataDir, password, logger }: DatabaseDeps): Promise<Database> {
  return config.engine === 'pglite'
    ? openPglite(join(dataDir, 'pglite'))
    : openPostgres({ url: config.url, password, poolSize: config.poolSize, logger });
}
