import type { QueryResult, Tx } from '../platform/index.js';
import { jsonb } from './json.js';

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
    [jsonb(rows)],
  );
}
