import type { Clock } from '../../services/platform/index.js';

export type ManualClock = Clock & {
  /** Moves time; sleepers that are due wake in order. */
  advance(ms: number): void;
  /** How many sleep. */
  sleepers(): number;
};

/** Time that stands still until a test moves it. */
export function createManualClock(start = '2026-03-04T08:00:00.000Z'): ManualClock {
  let time = Date.parse(start);
  const sleeping = new Set<{ readonly due: number; readonly wake: () => void }>();
  return {
    now: () => new Date(time),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper = {
          due: time + ms,
          wake: () => {
            sleeping.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake);
      }),
    advance(ms) {
      time += ms;
      const due = [...sleeping].filter((s) => s.due <= time).sort((a, b) => a.due - b.due);
      for (const sleeper of due) sleeper.wake();
    },
    sleepers: () => sleeping.size,
  };
}
