import type { Queryable } from '../../platform/index.js';
import type { ClaimedDelivery } from './claim.js';

export type Settlement =
  | { readonly state: 'delivered'; readonly at: Date }
  | { readonly state: 'pending'; readonly nextAttemptAt: Date; readonly error: string }
  | { readonly state: 'failed'; readonly error: string };

/**
 * What came of an attempt. A digest takes the notices gathered in it along. Does nothing when the claim ran out and
 * another process has attempted the delivery since: that one settles it.
 */
export async function settleDelivery(
  database: Queryable,
  claimed: Pick<ClaimedDelivery, 'id' | 'attempts'>,
  settlement: Settlement,
): Promise<void> {
  if (settlement.state === 'pending') {
    await database.query(
      `update delivery set next_attempt_at = $3, last_error = $4
       where id = $1 and attempts = $2 and state = 'pending'`,
      [claimed.id, claimed.attempts, settlement.nextAttemptAt, settlement.error],
    );
    return;
  }
  const [at, error] = settlement.state === 'delivered' ? [settlement.at, null] : [null, settlement.error];
  await database.query(
    `with settled as (
       update delivery set state = $3, delivered_at = $4, last_error = $5, next_attempt_at = null
       where id = $1 and attempts = $2 and state = 'pending' returning id)
     update delivery set state = $3, delivered_at = $4, last_error = $5
     from settled where delivery.digest_id = settled.id`,
    [claimed.id, claimed.attempts, settlement.state, at, error],
  );
}
