import { errorCode, errorMessage } from '../error-code.js';

/** `rowCount` is rows returned or affected. int8 comes back as number; jsonb parameters go in as text with `::jsonb`. */
export type QueryResult<Row> = { readonly rows: Row[]; readonly rowCount: number };

export type Queryable = {
  query<Row = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<QueryResult<Row>>;
  /** Several statements without parameters, e.g. a migration. */
  exec(sql: string): Promise<void>;
};

/**
 * The handle inside a transaction. The outer handle must not be used there: PGlite has one connection, so the
 * adapter refuses it rather than wait for ever.
 */
export type Tx = Queryable & {
  readonly inTransaction: true;
  /** Runs `effect` once the transaction has committed, outside it; never after a rollback. It must not throw. */
  afterCommit(effect: () => void): void;
};

export type Database = Queryable & {
  readonly engine: 'pglite' | 'postgres';
  /** Commits when `work` resolves, rolls back when it throws. */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** What pg says without any code when the server dies or the pool waits in vain (measured with pg 8.23.1). */
const CODELESS_OUTAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error)/;

/** SQLSTATE classes after which the same statement may succeed: connection, rollback (deadlock), shutdown, resources. */
export function isTransient(error: unknown): boolean {
  const code = errorCode(error);
  if (code === '') return CODELESS_OUTAGE.test(errorMessage(error));
  return (
    /^(08|40|53|57P)/.test(code) ||
    /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/.test(code) ||
    code === 'OVR_DATABASE_UNAVAILABLE'
  );
}
