/** A line on the terminal that says how far along something is and how long it will take; silent where nobody looks. */
export type Progress = { advance(done: number): void; end(): void };

type Terminal = { readonly isTTY?: boolean; write(text: string): unknown };

const WIDTH = 24;
const EVERY_MS = 200;

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The same where nobody knows how much there is. */
export function createCounter(what: string, unit: string, terminal: Terminal): Progress {
  if (terminal.isTTY !== true) return { advance: () => {}, end: () => {} };
  return {
    advance: (done) => terminal.write(`\r\u001b[K${what} ${done} ${unit}`),
    end: () => terminal.write('\r\u001b[K'),
  };
}

export function createProgress(what: string, total: number, terminal: Terminal, now: () => number): Progress {
  if (terminal.isTTY !== true) return { advance: () => {}, end: () => {} };
  const started = now();
  let shown = 0;
  return {
    advance(done) {
      if (now() - shown < EVERY_MS) return;
      shown = now();
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const filled = Math.round(share * WIDTH);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      const left = share === 0 ? '' : `, ${duration(((now() - started) / share / 1000) * (1 - share))} left`;
      terminal.write(`\r\u001b[K${what} ${bar} ${done}/${total}${left}`);
    },
    end: () => terminal.write('\r\u001b[K'),
  };
}
