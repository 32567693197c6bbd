import type { HealthSummary } from '../../contracts/index.js';
import { ledgerHealth } from '../ledger/index.js';
import type { ReviewDeps } from './deps.js';

/** What the page of the feeds and `GET /api/v1/health` show. */
export async function healthSummary({
  bus,
  database,
  clock,
  feeds,
  healths,
}: Pick<ReviewDeps, 'bus' | 'database' | 'clock' | 'feeds' | 'healths'>): Promise<HealthSummary> {
  const parts = healths();
  return {
    ready: [...parts.values()].every((part) => part.ready),
    parts: Object.fromEntries(parts),
    ...(await ledgerHealth(database, feeds, clock.now())),
    lag: [...(await bus.lag())],
  };
}
