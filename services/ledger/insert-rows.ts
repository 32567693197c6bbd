import type { QueryResult, Tx } from '../platform/index.js';

/**
 * JSON that a jsonb column takes. PostgreSQL refuses U+0000 and half surrogate pairs, and evidence spans can hold
 * either (a span may cut an astral character in two): they become U+FFFD here, which keeps all offsets.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replace(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (found) =>
    found === '\\\\' ? found : '\\ufffd',
  );
}

/**
 * Inserts all rows in one statement and in their order. Every row has the keys of the first, which are column names;
 * `rest` follows the statement, e.g. `on conflict do nothing`. `rows` must not be empty.
 */
export function insertRows<Returned = Record<string, unknown>>(
  tx: Tx,
  table: 'score' | 'alert' | 'alert_revision' | 'delivery',
  rows: readonly Readonly<Record<string, unknown>>[],
  rest = '',
): Promise<QueryResult<Returned>> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  return tx.query<Returned>(
    `insert into ${table} (${columns})
     select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb) ${rest}`,
    [storableJson(rows)],
  );
}
