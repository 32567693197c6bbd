import { Pool, type PoolClient, TypeOverrides } from 'pg';
import { OverreadError } from '../../../contracts/index.js';
import { errorCode } from '../error-code.js';
import type { Logger } from '../logger.js';
import { INT8_OID, safeInteger } from './numbers.js';
import type { Database, Queryable, QueryResult } from './types.js';

export type PostgresOptions = {
  readonly url: string;
  readonly password: string | undefined;
  readonly poolSize: number;
  readonly logger: Logger;
};

function queryable(client: Pick<Pool | PoolClient, 'query'>): Queryable {
  return {
    async query<Row>(sql: string, params?: readonly unknown[]): Promise<QueryResult<Row>> {
      const result = await client.query(sql, params === undefined ? undefined : [...params]);
      return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
    },
    async exec(sql) {
      await client.query(sql);
    },
  };
}

/** PostgreSQL 15 or newer over a pool. Throws OVR_DATABASE_UNAVAILABLE when it cannot be reached. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const types = new TypeOverrides();
  types.setTypeParser(INT8_OID, safeInteger);
  const pool = new Pool({
    connectionString: options.url,
    ...(options.password === undefined ? {} : { password: options.password }),
    max: options.poolSize,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    // Our statements are look-ups. Misled by tables that are not analysed yet, the planner compiled one of pairing's:
    // 533 of its 634 ms in 69 calls (measured, 6,600 messages into an empty database); no other gained by it.
    options: '-c jit=off',
    types,
  });
  // Without a listener an idle client's error ends the process; the pool replaces the client by itself.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'an idle database connection was lost'));
  // The pool listens to idle clients alone: one that dies between two statements of a transaction would end us too.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await pool.query('select 1');
  } catch (cause) {
    await pool.end();
    throw new OverreadError('OVR_DATABASE_UNAVAILABLE', new URL(options.url).host, { cause });
  }

  return {
    engine: 'postgres',
    ...queryable(pool),
    async tx(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      const effects: (() => void)[] = [];
      try {
        await client.query('begin');
        const result = await work({
          ...queryable(client),
          inTransaction: true,
          afterCommit: (effect) => effects.push(effect),
        });
        await client.query('commit');
        for (const effect of effects) effect();
        return result;
      } catch (error) {
        // An error without an SQL code may have left the connection in an unknown state: do not reuse it.
        const known = /^[0-9A-Z]{5}$/.test(errorCode(error)) || error instanceof OverreadError;
        await client.query('rollback').catch((failed: Error) => {
          broken = failed;
        });
        if (!known) broken ??= new Error('unknown state after a failed transaction', { cause: error });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}
