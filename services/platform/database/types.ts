/** `rowCount` is rows returned or affected. int8 comes back as number; jsonb parameters go in as text with `::jsonb`. */
export type QueryResult<Row> = { readonly rows: Row[]; readonly rowCount: number };

export type Queryable = {
  query<Row = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<QueryResult<Row>>;
};

/** The handle inside a transaction. The outer handle must not be used there: PGlite has one connection and would wait for ever. */
export type Tx = Queryable & { readonly inTransaction: true };

export type Database = Queryable & {
  readonly engine: 'pglite' | 'postgres';
  /** Several statements without parameters, e.g. a migration. */
  exec(sql: string): Promise<void>;
  /** Commits when `work` resolves, rolls back when it throws. */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};
