import { join } from 'node:path';
import Postgrator from 'postgrator';
import type { Database } from './types.js';

const MIGRATION_LOCK = 7_210_001;

/**
 * Applies `NNN.do.name.sql` files of `folder` that are not applied yet, all in one transaction. Postgrator takes no
 * lock of its own, so processes that start together queue behind an advisory one. Returns the names applied.
 */
export function migrate(database: Database, folder: string): Promise<string[]> {
  return database.tx(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const postgrator = new Postgrator({
      driver: 'pg',
      migrationPattern: join(folder, '*.sql'),
      schemaTable: 'schema_version',
      execQuery: (sql: string) => tx.query(sql),
      execSqlScript: (sql: string) => tx.exec(sql),
    });
    const applied = await postgrator.migrate();
    return applied.map((migration) => migration.filename.split('/').at(-1) ?? migration.filename);
  });
}
