import { takeOverdue } from '../ledger/index.js';
import { waitEvent } from './events.js';
import type { RecordDeps } from './record.js';

const AT_ONCE = 500;

/** Says of each study that has waited too long, once, that a side did not come. Returns how many. */
export async function announceOrphans({ database, bus, clock }: Omit<RecordDeps, 'config'>): Promise<number> {
  const now = clock.now();
  let announced = 0;
  for (;;) {
    const taken = await database.tx(async (tx) => {
      const waits = await takeOverdue(tx, now, AT_ONCE);
      if (waits.length > 0)
        await bus.append(
          tx,
          waits.map((wait) => waitEvent(wait, 'overdue', now)),
        );
      return waits.length;
    });
    announced += taken;
    if (taken < AT_ONCE) return announced;
  }
}
