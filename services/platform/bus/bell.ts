import type { Clock } from '../clock.js';

export type Bell = {
  ring(): void;
  /** Resolves when rung, at once if it was rung since the last wait, or after `ms`. */
  wait(ms: number): Promise<void>;
};

/** Wakes one waiting loop of this process; a ring that nobody waits for is kept, so none is missed. */
export function createBell(clock: Clock): Bell {
  let rung = false;
  let nap = new AbortController();
  return {
    ring() {
      rung = true;
      nap.abort();
    },
    async wait(ms) {
      if (!rung) {
        nap = new AbortController();
        await clock.sleep(ms, nap.signal);
      }
      rung = false;
    },
  };
}
