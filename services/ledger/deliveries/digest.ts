import { type Database, deterministicId } from '../../platform/index.js';
import { lockAlerting } from '../alerts/standing.js';

/**
 * Gathers what waits on `channel` into one digest, once the oldest of it was created at or before `dueBefore`.
 * Answers whether a digest was made.
 */
export async function gatherDigest(
  database: Database,
  channel: string,
  dueBefore: Date,
  now: Date,
): Promise<boolean> {
  const waiting = `channel = $1 and state = 'in_digest' and digest_id is null`;
  const due = await database.query(`select 1 from delivery where ${waiting} and created_at <= $2 limit 1`, [
    channel,
    dueBefore,
  ]);
  if (due.rowCount === 0) return false;
  return database.tx(async (tx) => {
    await lockAlerting(tx);
    const { rows } = await tx.query<{ id: string; created_at: Date }>(
      `select id, created_at from delivery where ${waiting} order by seq for update`,
      [channel],
    );
    // Another process may have been first.
    if (!rows.some((row) => row.created_at <= dueBefore)) return false;
    const id = deterministicId('digest', channel, ...rows.map((row) => row.id));
    await tx.query(
      `insert into delivery (id, channel, notice, state, next_attempt_at, created_at)
       values ($1, $2, 'alert.digest', 'pending', $3, $3)`,
      [id, channel, now],
    );
    await tx.query('update delivery set digest_id = $1 where id = any($2::text[])', [
      id,
      rows.map((row) => row.id),
    ]);
    return true;
  });
}
