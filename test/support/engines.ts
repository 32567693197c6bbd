import { join } from 'node:path';
import {
  createDatabase,
  createLogger,
  type Database,
  migrate,
  packageRoot,
} from '../../services/platform/index.js';
import { type PostgresServer, postgresMissing, startPostgres } from './postgres.js';
import { temporaryFolder } from './temporary.js';

const missing = postgresMissing();
if (missing !== null) console.warn(`skipped on postgres: ${missing}`);

export type Engine = Database['engine'];

/** Engines of this machine, for `describe.each`. */
export const engines: readonly Engine[] = missing === null ? ['pglite', 'postgres'] : ['pglite'];

export type Ledger = { readonly database: Database; close(): Promise<void> };

/** A database of the engine with every migration applied; start one a test file, it takes seconds. */
export async function startLedger(engine: Engine, poolSize = 8): Promise<Ledger> {
  const server: PostgresServer | null = engine === 'postgres' ? await startPostgres() : null;
  const database = await createDatabase({
    config:
      server === null
        ? { engine: 'pglite' }
        : { engine: 'postgres', url: await server.createDatabase(), poolSize },
    dataDir: await temporaryFolder(),
    password: undefined,
    logger: createLogger({ level: 'error' }),
  });
  await migrate(database, join(packageRoot(), 'services/ledger/migrations'));
  return {
    database,
    async close() {
      await database.close();
      await server?.stop();
    },
  };
}

/** Empties what pairing writes. */
export async function emptyStudies(database: Database): Promise<void> {
  await database.exec(
    `truncate study, study_alias, report_version, version_occurrence, study_version, patient_merge,
     identifier_correction, pair, study_wait cascade`,
  );
}
