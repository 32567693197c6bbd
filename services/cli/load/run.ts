import { type Clock, systemClock } from '../../platform/index.js';
import type { MllpTarget } from '../mllp/client.js';
import { createHospital, HOSPITAL_DEFAULTS } from '../simulation/hospital.js';
import type { SimulatedMessage } from '../simulation/messages.js';
import { createRandom } from '../simulation/random.js';
import { interleaved, type Transmission, transmit } from '../simulation/transmit.js';
import { type Page, quantileBetween, scrape, total } from './prometheus-page.js';
import { describeMachine, type LoadReport, quantile, slope } from './report.js';
import { measureSyncCeiling, type SyncCeiling } from './sync-ceiling.js';

export type LoadOptions = {
  readonly target: MllpTarget;
  /** Metrics pages of every process of the service; the sums and the memory are over all of them. */
  readonly metricsUrls: readonly string[];
  /** On the disk of the spool. */
  readonly folder: string;
  readonly connections: number;
  readonly rate: number | null;
  readonly seconds: number;
  readonly seed: number;
  readonly significantRate: number;
  readonly onProgress?: (seconds: number) => void;
};

const OPEN_STUDIES = 40;
const ROUND_SECONDS = 5;
const SAMPLE_MS = 5_000;
/** Nothing scored for so long means that everything is through. */
const QUIET_MS = 6_000;
const DRAIN_LIMIT_MS = 300_000;
const MIB = 1024 ** 2;

async function scrapeAll(urls: readonly string[]): Promise<Page> {
  const pages = await Promise.all(urls.map(scrape));
  const sums = new Map<string, number>();
  for (const page of pages) for (const [key, value] of page) sums.set(key, (sums.get(key) ?? 0) + value);
  return sums;
}

const memory = (page: Page) => total(page, 'process_resident_memory_bytes') / MIB;

/** Resolves when no pair has been scored for a while; returns the seconds from `since` to the last one. */
async function drained(urls: readonly string[], since: number, clock: Clock): Promise<number> {
  let scored = -1;
  let changedAt = performance.now();
  while (performance.now() - since < DRAIN_LIMIT_MS && performance.now() - changedAt < QUIET_MS) {
    const now = total(await scrapeAll(urls), 'overread_pairs_scored_total');
    if (now !== scored) {
      scored = now;
      changedAt = performance.now();
    }
    await clock.sleep(250);
  }
  return (changedAt - since) / 1000;
}

/** What the service acknowledged in a while, and what the disk allowed right after it, with the same work going on. */
type Round = { readonly sent: Transmission; readonly ceiling: SyncCeiling };

/**
 * Loads a running service with a simulated hospital for `seconds` and measures intake, path, disk and memory. Without a
 * rate, rounds of sending and of measuring the disk take turns, so that both meet the same scoring in the background.
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const hospital = createHospital({
    ...HOSPITAL_DEFAULTS,
    significantRate: options.significantRate,
    seed: options.seed,
    start: systemClock.now(),
  });
  const random = createRandom(options.seed + 1);
  let sentBytes = 0;
  let sentMessages = 0;
  function* studies(): Generator<readonly SimulatedMessage[]> {
    for (;;) yield hospital.study();
  }
  function* messages(): Generator<SimulatedMessage> {
    for (const message of interleaved(studies(), OPEN_STUDIES, (below) => random.integer(0, below - 1))) {
      sentBytes += message.hl7.length;
      sentMessages += 1;
      yield message;
    }
  }

  const before = await scrapeAll(options.metricsUrls);
  const samples = [memory(before)];
  const started = performance.now();
  const sampling = setInterval(() => {
    options.onProgress?.((performance.now() - started) / 1000);
    scrapeAll(options.metricsUrls).then(
      (page) => samples.push(memory(page)),
      // A scrape that fails under load is a gap in the curve, not an end of the test.
      () => {},
    );
  }, SAMPLE_MS);
  const mixed = messages();
  const rounds: Round[] = [];
  const count = options.rate === null ? Math.max(1, Math.round(options.seconds / (2 * ROUND_SECONDS))) : 1;
  try {
    for (let n = 0; n < count; n += 1) {
      const ending = new AbortController();
      const seconds = options.rate === null ? ROUND_SECONDS : options.seconds;
      const stop = setTimeout(() => ending.abort(), seconds * 1000);
      const sent = await transmit(mixed, {
        target: options.target,
        connections: options.connections,
        rate: options.rate,
        clock: systemClock,
        signal: ending.signal,
      }).finally(() => clearTimeout(stop));
      const ceiling = await measureSyncCeiling({
        folder: options.folder,
        bytes: Math.round(sentBytes / Math.max(1, sentMessages)),
        writers: options.connections,
        seconds: ROUND_SECONDS / 2,
      });
      rounds.push({ sent, ceiling });
    }
  } finally {
    clearInterval(sampling);
  }
  const drainSeconds = await drained(options.metricsUrls, performance.now(), systemClock);
  const after = await scrapeAll(options.metricsUrls);
  samples.push(memory(after));

  const grown = (name: string) => total(after, name) - total(before, name);
  const path = (share: number) => quantileBetween(before, after, 'overread_final_to_alert_seconds', share);
  const latencies = rounds.flatMap(({ sent }) => sent.latenciesMs);
  const ack = (share: number) => quantile(latencies, share);
  const seconds = rounds.reduce((sum, { sent }) => sum + sent.seconds, 0);
  const answers = new Map<string, number>();
  for (const { sent } of rounds) {
    for (const [code, n] of sent.acknowledged) answers.set(code, (answers.get(code) ?? 0) + n);
  }
  const middle = (of: (round: Round) => number) => quantile(rounds.map(of), 0.5);
  return {
    machine: describeMachine(),
    connections: options.connections,
    messageBytes: Math.round(sentBytes / Math.max(1, sentMessages)),
    intake: {
      messages: sentMessages,
      seconds,
      perSecond: sentMessages / seconds,
      answers: Object.fromEntries(answers),
      ackMs: { p50: ack(0.5), p95: ack(0.95), p99: ack(0.99), max: ack(1) },
    },
    syncCeiling: {
      independent: middle(({ ceiling }) => ceiling.independent),
      shared: middle(({ ceiling }) => ceiling.shared),
    },
    shareOfCeiling: middle(({ sent, ceiling }) => sent.sent / sent.seconds / ceiling.independent),
    path: {
      pairsScored: grown('overread_pairs_scored_total'),
      alertsRaised: grown('overread_alerts_raised_total'),
      finalToAlertSeconds: { p50: path(0.5), p95: path(0.95), p99: path(0.99) },
      drainSeconds,
    },
    memoryMiB: {
      start: samples[0] ?? Number.NaN,
      max: Math.max(...samples),
      end: samples.at(-1) ?? Number.NaN,
      slope: slope(samples.slice(Math.floor(samples.length / 2))) * (60_000 / SAMPLE_MS),
    },
  };
}
