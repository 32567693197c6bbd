import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { SyncCeiling } from './sync-ceiling.js';

/** Everything a load test measured. Milliseconds, seconds, MiB, messages a second, as the names say. */
export type LoadReport = {
  readonly machine: ReturnType<typeof describeMachine>;
  readonly connections: number;
  readonly messageBytes: number;
  readonly intake: {
    readonly messages: number;
    readonly seconds: number;
    readonly perSecond: number;
    readonly answers: Readonly<Record<string, number>>;
    readonly ackMs: {
      readonly p50: number;
      readonly p95: number;
      readonly p99: number;
      readonly max: number;
    };
  };
  readonly syncCeiling: SyncCeiling;
  readonly shareOfCeiling: number;
  readonly path: {
    readonly pairsScored: number;
    readonly alertsRaised: number;
    readonly finalToAlertSeconds: { readonly p50: number; readonly p95: number; readonly p99: number };
    /** From the last acknowledgement until nothing more was scored. */
    readonly drainSeconds: number;
  };
  /** Resident memory of the service, sampled through the run; `slope` is the trend of its second half a minute. */
  readonly memoryMiB: {
    readonly start: number;
    readonly max: number;
    readonly end: number;
    readonly slope: number;
  };
};

export function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}

/** Nearest-rank quantile of unsorted values; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Least-squares slope of equally spaced values. */
export function slope(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  const meanX = (n - 1) / 2;
  const meanY = values.reduce((sum, y) => sum + y, 0) / n;
  let xy = 0;
  let xx = 0;
  values.forEach((y, x) => {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
  });
  return xy / xx;
}

const round = (value: number, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

export function loadTable(report: LoadReport): string {
  const { machine, intake, path, memoryMiB } = report;
  const rows: readonly (readonly [string, string])[] = [
    [
      'machine',
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}`,
    ],
    [
      'sent',
      `${intake.messages} messages of about ${report.messageBytes} bytes over ${report.connections} connections in ${round(intake.seconds)} s`,
    ],
    [
      'answers',
      Object.entries(intake.answers)
        .map(([code, n]) => `${code} ${n}`)
        .join(', '),
    ],
    ['acknowledged', `${round(intake.perSecond, 0)} messages/s`],
    [
      'fdatasync ceiling',
      `${round(report.syncCeiling.independent, 0)}/s one sync a message, ${round(report.syncCeiling.shared, 0)}/s one sync for all writers`,
    ],
    ['share of ceiling', `${round(report.shareOfCeiling * 100)} % of one sync a message`],
    [
      'acknowledgement',
      `p50 ${round(intake.ackMs.p50)} ms, p95 ${round(intake.ackMs.p95)} ms, p99 ${round(intake.ackMs.p99)} ms, max ${round(intake.ackMs.max)} ms`,
    ],
    ['scored, alerts', `${path.pairsScored} pairs scored, ${path.alertsRaised} alerts raised`],
    [
      'final to alert',
      `p50 ≤ ${round(path.finalToAlertSeconds.p50, 2)} s, p95 ≤ ${round(path.finalToAlertSeconds.p95, 2)} s, p99 ≤ ${round(path.finalToAlertSeconds.p99, 2)} s`,
    ],
    ['drained', `${round(path.drainSeconds)} s after the last message`],
    [
      'memory',
      `${round(memoryMiB.start, 0)} MiB at the start, ${round(memoryMiB.end, 0)} at the end, ${round(memoryMiB.max, 0)} at most, trend ${round(memoryMiB.slope, 2)} MiB/min`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(20)} ${value}\n`).join('');
}
