import { type Clock, systemClock } from '../../platform/index.js';
import type { MllpTarget } from '../mllp/client.js';
import { createHospital, HOSPITAL_DEFAULTS } from '../simulation/hospital.js';
import type { SimulatedMessage } from '../simulation/messages.js';
import { createRandom } from '../simulation/random.js';
import { interleaved, transmit } from '../simulation/transmit.js';
import { type Page, quantileBetween, scrape, total } from './prometheus-page.js';
import { describeMachine, type LoadReport, quantile, slope } from './report.js';
import { measureSyncCeiling } from './sync-ceiling.js';

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
const CEILING_SECONDS = 3;
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

/** Loads a running service with a simulated hospital for `seconds` and measures intake, path, disk and memory. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const hospital = createHospital({
    ...HOSPITAL_DEFAULTS,
    significantRate: options.significantRate,
    seed: options.seed,
    start: systemClock.now(),
  });
  const random = createRandom(options.seed + 1);
  let sentBytes = 0;
  let ended = false;
  function* studies(): Generator<readonly SimulatedMessage[]> {
    while (!ended) yield hospital.study();
  }
  function* messages(): Generator<SimulatedMessage> {
    for (const message of interleaved(studies(), OPEN_STUDIES, (below) => random.integer(0, below - 1))) {
      sentBytes += message.hl7.length;
      yield message;
    }
  }

  const syncCeiling = await measureSyncCeiling({
    folder: options.folder,
    bytes: 2_000,
    writers: options.connections,
    seconds: CEILING_SECONDS,
  });
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
  const stop = setTimeout(() => {
    ended = true;
  }, options.seconds * 1000);
  const sent = await transmit(messages(), {
    target: options.target,
    connections: options.connections,
    rate: options.rate,
    clock: systemClock,
  }).finally(() => {
    clearInterval(sampling);
    clearTimeout(stop);
  });
  const drainSeconds = await drained(options.metricsUrls, performance.now(), systemClock);
  const after = await scrapeAll(options.metricsUrls);
  samples.push(memory(after));

  const grown = (name: string) => total(after, name) - total(before, name);
  const path = (share: number) => quantileBetween(before, after, 'overread_final_to_alert_seconds', share);
  const ack = (share: number) => quantile(sent.latenciesMs, share);
  const perSecond = sent.sent / sent.seconds;
  return {
    machine: describeMachine(),
    connections: options.connections,
    messageBytes: Math.round(sentBytes / Math.max(1, sent.sent)),
    intake: {
      messages: sent.sent,
      seconds: sent.seconds,
      perSecond,
      answers: Object.fromEntries(sent.acknowledged),
      ackMs: { p50: ack(0.5), p95: ack(0.95), p99: ack(0.99), max: ack(1) },
    },
    syncCeiling,
    shareOfCeiling: perSecond / syncCeiling.independent,
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
