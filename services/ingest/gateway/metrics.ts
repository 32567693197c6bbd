import type { Metrics } from '../../platform/index.js';

/** Every counter and histogram of the gateway; docs/metrics.md describes them. */
const COUNTERS = {
  overread_messages_received_total: {
    help: 'Messages taken in, repeated and ignored ones included.',
    labels: ['feed', 'transport', 'type'],
  },
  overread_messages_duplicate_total: {
    help: 'Messages that were stored already and got the same answer again.',
    labels: ['feed', 'transport'],
  },
  overread_messages_ignored_total: {
    help: 'Messages of a type the feed ignores: acknowledged, not stored.',
    labels: ['feed', 'type'],
  },
  overread_messages_refused_total: {
    help: 'Messages answered with a refusal, by code.',
    labels: ['transport', 'listener', 'code'],
  },
  overread_messages_unmatched_total: {
    help: 'Messages that no feed matches: stored and quarantined.',
    labels: ['transport', 'listener'],
  },
  overread_control_ids_reused_total: {
    help: 'Messages whose control id came before with other bytes.',
    labels: ['feed'],
  },
  overread_acks_total: { help: 'MLLP acknowledgements by code.', labels: ['listener', 'code'] },
  overread_mllp_garbage_bytes_total: { help: 'Bytes outside of frames.', labels: ['listener'] },
  overread_mllp_cut_frames_total: {
    help: 'Frames cut off before their end; kept as dead letters.',
    labels: ['listener'],
  },
  overread_connections_refused_total: {
    help: 'Connections turned away.',
    labels: ['listener', 'reason'],
  },
  overread_intake_dead_letters_total: { help: 'Dead letters of the gateway, by code.', labels: ['code'] },
  overread_spool_failures_total: { help: 'Records the spool could not store, by code.', labels: ['code'] },
  overread_spool_drained_total: { help: 'Records handed to the bus.', labels: [] },
} as const satisfies Record<`overread_${string}`, { help: string; labels: readonly string[] }>;

const HISTOGRAMS = {
  overread_ack_seconds: {
    help: 'From a whole frame to its acknowledgement.',
    labels: ['listener'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },
} as const;

const GAUGES = {
  overread_spool_bytes: { help: 'Size of the spool on disk.', labels: [] },
  overread_spool_records: { help: 'Records that wait for the bus.', labels: [] },
  overread_spool_oldest_seconds: { help: 'Age of the oldest record that waits for the bus.', labels: [] },
  overread_mllp_connections: { help: 'Open MLLP connections.', labels: ['listener'] },
  overread_feed_last_received_timestamp_seconds: {
    help: 'When a feed was heard last; 0 since the start means not yet.',
    labels: ['feed'],
  },
} as const satisfies Record<`overread_${string}`, { help: string; labels: readonly string[] }>;

export type CounterName = keyof typeof COUNTERS;
export type HistogramName = keyof typeof HISTOGRAMS;
export type GaugeName = keyof typeof GAUGES;
type Labels<D extends { labels: readonly string[] }> = Readonly<Record<D['labels'][number], string>>;

/** Records what happens; may be on another thread than the registry. */
export type Meter = {
  count<N extends CounterName>(name: N, labels: Labels<(typeof COUNTERS)[N]>, by?: number): void;
  observe<N extends HistogramName>(name: N, labels: Labels<(typeof HISTOGRAMS)[N]>, value: number): void;
  set<N extends GaugeName>(name: N, labels: Labels<(typeof GAUGES)[N]>, value: number): void;
};

/** One recording in a form that crosses threads. */
export type Recording = {
  readonly kind: 'count' | 'observe' | 'set';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Collects recordings, counts of one series summed and gauges by their last value, until `take`. */
export function createCollectingMeter(): Meter & { take(): Recording[] } {
  let series = new Map<string, Recording>();
  let observed: Recording[] = [];
  return {
    count(name, labels, by = 1) {
      const key = `${name} ${JSON.stringify(labels)}`;
      const value = (series.get(key)?.value ?? 0) + by;
      series.set(key, { kind: 'count', name, labels, value });
    },
    observe(name, labels, value) {
      observed.push({ kind: 'observe', name, labels, value });
    },
    set(name, labels, value) {
      series.set(`${name} ${JSON.stringify(labels)}`, { kind: 'set', name, labels, value });
    },
    take() {
      const taken = [...series.values(), ...observed];
      series = new Map();
      observed = [];
      return taken;
    },
  };
}

type Registered = Readonly<Record<string, (labels: Readonly<Record<string, string>>, value: number) => void>>;

/** Registers every metric of the gateway; the function plays recordings into them. */
export function registerGatewayMetrics(metrics: Metrics): (recordings: readonly Recording[]) => void {
  const register: Registered = Object.fromEntries([
    ...(Object.keys(COUNTERS) as CounterName[]).map((name) => {
      const { help, labels } = COUNTERS[name];
      const counter = metrics.counter<string>({ name, help, labels });
      return [name, (l: Readonly<Record<string, string>>, v: number) => counter.inc(l, v)] as const;
    }),
    ...(Object.keys(HISTOGRAMS) as HistogramName[]).map((name) => {
      const { help, labels, buckets } = HISTOGRAMS[name];
      const histogram = metrics.histogram<string>({ name, help, labels, buckets });
      return [name, (l: Readonly<Record<string, string>>, v: number) => histogram.observe(l, v)] as const;
    }),
    ...(Object.keys(GAUGES) as GaugeName[]).map((name) => {
      const { help, labels } = GAUGES[name];
      const gauge = metrics.gauge<string>({ name, help, labels });
      return [name, (l: Readonly<Record<string, string>>, v: number) => gauge.set(l, v)] as const;
    }),
  ]);
  return (recordings) => {
    for (const { name, labels, value } of recordings) register[name]?.(labels, value);
  };
}
