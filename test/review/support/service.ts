import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  MetricInput,
  ReviewConfig,
  ScoreAnswer,
  TrialAnswer,
  TrialRequest,
} from '../../../contracts/index.js';
import { PagesConfig } from '../../../contracts/index.js';
import {
  createDatabase,
  createHttp,
  createLogger,
  createMetrics,
  type Database,
  migrate,
  packageRoot,
} from '../../../services/platform/index.js';
import { createReview } from '../../../services/review/index.js';
import { createRecordingBus } from '../../support/recording-bus.js';

export const NOW = new Date('2026-03-01T08:00:00.000Z');

/**
 * PGlite with the ledger's schema; one a test file, because the first start takes seconds. Its folder goes with it: a
 * hook that removes folders at the end of a file would run before the file's own.
 */
export async function openLedger(): Promise<Database> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overread-'));
  const database = await createDatabase({
    config: { engine: 'pglite' },
    dataDir,
    password: undefined,
    logger: createLogger({ level: 'error' }),
  });
  await migrate(database, join(packageRoot(), 'services/ledger/migrations'));
  return {
    ...database,
    async close() {
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function emptyLedger(database: Database): Promise<void> {
  await database.exec(
    'truncate delivery, alert_revision, alert, score, pair, study_wait, study_version, report_version, study_alias, study, dead_letter, audit cascade',
  );
}

const answer = async (_input: MetricInput): Promise<ScoreAnswer> => ({
  state: 'unscorable',
  reason: 'not_a_report',
  metric: { name: 'made-up-metric', version: '0.1.0', fingerprint: 'f00dface' },
});

export const NO_CHANGE: TrialAnswer = {
  read: 0,
  changed: 0,
  before: { accepted: 0, refused: 0, quarantined: 0 },
  after: { accepted: 0, refused: 0, quarantined: 0 },
  paths: [],
  changes: [],
  until: null,
  ended: 'all',
};

export type Options = {
  readonly tryRules?: (request: TrialRequest) => Promise<TrialAnswer>;
  readonly authentication?: ReviewConfig['authentication'];
  readonly feeds?: readonly string[];
  readonly publicUrl?: string;
};

/** The pages and the API on a free port, over a real database and a real socket. */
export async function startReview(database: Database, options: Options = {}) {
  let now = NOW;
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug' }, { write: (line) => lines.push(line) });
  const metrics = createMetrics();
  const clock = { now: () => now, sleep: async () => undefined };
  const bus = createRecordingBus(clock.now);
  const config = PagesConfig.parse({ port: 0, publicUrl: options.publicUrl });
  const review = createReview({
    bus,
    database,
    metrics,
    logger,
    clock,
    feeds: options.feeds ?? ['ai', 'ris', 'night'],
    score: answer,
    tryRules: options.tryRules ?? (async () => NO_CHANGE),
    healths: () => new Map([['bus', { ready: true, detail: '' }]]),
  });
  const http = createHttp({
    config,
    authentication: options.authentication ?? { mode: 'none' },
    metrics,
    logger,
    clock,
    routers: [review.router],
    problemPage: review.problemPage,
    stopGraceMs: 200,
  });
  await review.start();
  await http.start();
  const address = `http://127.0.0.1:${http.port()}`;
  return {
    address,
    bus,
    metrics,
    /** Everything logged. */
    log: () => lines.join(''),
    setNow: (at: Date) => {
      now = at;
    },
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`${address}${path}`, { headers, redirect: 'manual' }),
    post: (path: string, body: unknown = null, headers: Record<string, string> = {}) =>
      fetch(`${address}${path}`, {
        method: 'POST',
        redirect: 'manual',
        ...(body === null
          ? { headers }
          : {
              headers: { 'content-type': 'application/json', ...headers },
              body: typeof body === 'string' ? body : JSON.stringify(body),
            }),
      }),
    /** As a page's form does. */
    form: (path: string, fields: Record<string, string>) =>
      fetch(`${address}${path}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) }),
    async stop() {
      await http.stop();
      await review.stop();
    },
  };
}
export type RunningReview = Awaited<ReturnType<typeof startReview>>;
