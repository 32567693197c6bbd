import type { Clock } from '../../clock.js';
import type { Database } from '../../database/types.js';
import type { Delivery } from '../delivery.js';
import type { BusTuning } from '../tuning.js';
import { type Claim, move, type Reader } from './cursor.js';
import { type Place, type Placement, readPage } from './read.js';

/** Stores a position, and releases the partition where told; false when the lease was lost. */
export type StorePosition = (
  reader: Reader,
  place: Place,
  step: { readonly from: number; readonly to: number; readonly release: boolean },
) => Promise<boolean>;

/** The plain way: the cursor moves, the events stay for the other groups. */
export function storeInCursor(database: Database): StorePosition {
  return (reader, place, { to, release }) => move(database, reader, place, to, release);
}

export type PageDeps = {
  readonly database: Database;
  readonly delivery: Delivery;
  readonly reader: Reader;
  readonly store: StorePosition;
  readonly batchSize: number;
  readonly clock: Clock;
  readonly tuning: BusTuning;
  readonly stopping: AbortSignal;
};

/**
 * Handles one page of a claimed partition, stores positions on the way and gives the partition back at the end. A
 * lost lease ends it quietly: the next owner begins at the stored position.
 */
export async function handlePage(deps: PageDeps, claimed: Claim): Promise<void> {
  const { database, delivery, reader, tuning, clock, stopping } = deps;
  let stored = claimed.position;
  let done = claimed.position;
  let storedAt = clock.now().getTime();
  let lost = false;

  const store = async (release: boolean) => {
    const step = { from: stored, to: done, release };
    await delivery.untilUp(async () => {
      lost = !(await deps.store(reader, claimed, step));
    });
    stored = step.to;
    storedAt = clock.now().getTime();
  };

  const limit = { events: tuning.pageEvents, bytes: tuning.pageBytes };
  let page: Placement[] = [];
  await delivery.untilUp(async () => {
    page = await readPage(database, claimed, claimed.position, limit);
  });
  if (page.length === 0 && !stopping.aborted) done = claimed.head;
  for (let from = 0; from < page.length && !stopping.aborted && !lost; from += deps.batchSize) {
    const batch = page.slice(from, from + deps.batchSize);
    if (!(await delivery.deliver(batch.map((placed) => placed.letter)))) break;
    done = batch.at(-1)?.position ?? done;
    const due = clock.now().getTime() - storedAt >= tuning.storeEveryMs;
    const last = from + deps.batchSize >= page.length;
    if (!last && (due || done - stored >= tuning.storeEveryEvents)) await store(false);
  }
  if (!lost) await store(true);
}
