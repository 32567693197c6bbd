import type { Queryable } from '../../platform/index.js';

/** Notices of alerts; digests are counted by what stands in them. */
export type DeliveryFigures = {
  readonly channel: string;
  readonly undelivered: number;
  /** When the oldest undelivered notice was made; null when there is none. */
  readonly oldest: Date | null;
  readonly failed: number;
};

export async function deliveryFigures(database: Queryable): Promise<DeliveryFigures[]> {
  const { rows } = await database.query<DeliveryFigures>(
    `select channel,
       count(*) filter (where state <> 'failed') as undelivered,
       min(created_at) filter (where state <> 'failed') as oldest,
       count(*) filter (where state = 'failed') as failed
     from delivery
     where state in ('pending', 'in_digest', 'failed') and notice <> 'alert.digest'
     group by channel order by channel`,
  );
  return rows;
}
