import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { acquireLockFile } from '../lock-file.js';
import { INT8_OID, safeInteger } from './numbers.js';
import type { Database, Queryable, QueryResult, Tx } from './types.js';

const BYTEA_OID = 17;

/** PGlite's own codec goes digit by digit and blocks the loop for 3.5 s at 8 MB; this one for 0.4 s (measured). */
const CODECS = {
  parsers: {
    [INT8_OID]: safeInteger,
    [BYTEA_OID]: (hex: string) => Buffer.from(hex.slice(2), 'hex'),
  },
  serializers: {
    [BYTEA_OID]: (bytes: Uint8Array) =>
      `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`,
  },
};

function queryable(connection: Pick<PGlite | Transaction, 'query' | 'exec'>): Queryable {
  return {
    async query<Row>(sql: string, params: readonly unknown[] = []): Promise<QueryResult<Row>> {
      const result = await connection.query<Row>(sql, [...params], CODECS);
      // affectedRows is 0 for a plain select and unset for some statements.
      return { rows: result.rows, rowCount: result.affectedRows || result.rows.length };
    },
    async exec(sql) {
      await connection.exec(sql);
    },
  };
}

/**
 * PostgreSQL in this process, in `folder`. Survives the death of the process, not a power loss: it never calls
 * fsync (electric-sql/pglite#1107); the gateway's spool is what keeps acknowledged messages then.
 */
export async function openPglite(folder: string): Promise<Database> {
  mkdirSync(dirname(folder), { recursive: true });
  // Two processes open one folder without an error and ruin it (electric-sql/pglite#1106).
  const release = acquireLockFile(`${folder}.lock`, 'OVR_DATABASE_LOCKED');
  const pglite = await PGlite.create(folder).catch((error: unknown) => {
    release();
    throw error;
  });
  const insideTx = new AsyncLocalStorage<true>();
  const outer = queryable(pglite);

  // PGlite resolves in microtasks: without a turn of the loop after each statement, sockets and timers starve.
  async function turn<T>(work: () => Promise<T>): Promise<T> {
    if (insideTx.getStore() === true) throw new Error('use the transaction handle inside a transaction');
    try {
      return await work();
    } finally {
      await nextTurn();
    }
  }

  return {
    engine: 'pglite',
    query: (sql, params) => turn(() => outer.query(sql, params)),
    exec: (sql) => turn(() => outer.exec(sql)),
    tx: (work) =>
      turn(async () => {
        const effects: (() => void)[] = [];
        const result = await insideTx.run(true, () =>
          pglite.transaction((transaction) => {
            const tx: Tx = {
              ...queryable(transaction),
              inTransaction: true,
              afterCommit: (effect) => effects.push(effect),
            };
            return work(tx);
          }),
        );
        for (const effect of effects) effect();
        return result;
      }),
    async close() {
      await pglite.close();
      release();
    },
  };
}
