import { createHash } from 'node:crypto';
import type { Alias } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';

/** First key of our two-integer advisory locks; nobody else in the product uses it. */
const IDENTITY_LOCKS = 7_210_002;

export function aliasKey({ kind, site, value }: Alias): string {
  return JSON.stringify([kind, site, value]);
}

function lockNumber(key: string): number {
  return createHash('sha256').update(key).digest().readInt32BE(0);
}

/**
 * Patient merges and identifier corrections can touch any study, so they take the whole world (`exclusive`);
 * everything else shares it. Call first in the transaction: it is the lowest in the order of locks.
 */
export async function lockWorld(tx: Tx, mode: 'shared' | 'exclusive'): Promise<void> {
  const name = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  await tx.query(`select ${name}($1)`, [IDENTITY_LOCKS]);
}

/**
 * Locks identities until the transaction ends, always in the order of their numbers, so that two transactions
 * with overlapping sets wait for each other and never deadlock. A second call in one transaction would break that.
 */
export async function lockIdentities(tx: Tx, keys: ReadonlySet<string>): Promise<void> {
  const numbers = [...new Set([...keys].map(lockNumber))].sort((a, b) => a - b);
  // unnest gives its rows in the order of the array, and the function is called row by row.
  await tx.query('select pg_advisory_xact_lock($1, n) from unnest($2::int[]) as n', [
    IDENTITY_LOCKS,
    numbers,
  ]);
}
