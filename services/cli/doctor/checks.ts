import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../../../contracts/index.js';
import { createDatabase, errorCode, type Logger, loadSecrets } from '../../platform/index.js';

/** One line of `overread doctor`. `warn`: works, but not as it should in production. */
export type Finding = {
  readonly subject: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
};

export type CheckDeps = {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
};

export type Check = (deps: CheckDeps) => Promise<readonly Finding[]>;

const REACH_MS = 3_000;
const SYNCS = 50;
const SLOW_SYNC_MS = 20;
const LOW_DISK_BYTES = 2 * 1024 ** 3;

function reach(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: REACH_MS });
    const end = (result: string | null) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('no answer'));
    socket.once('error', (error) => end(errorCode(error) || 'unreachable'));
  });
}

const node: Check = async () => {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return [{ subject: 'node', state: major >= 20 ? 'ok' : 'fail', detail: process.versions.node }];
};

/** The spool's disk: room, and how long the promise behind an AA takes. */
const disk: Check = async ({ config }) => {
  mkdirSync(config.dataDir, { recursive: true });
  const { bavail, bsize } = statfsSync(config.dataDir);
  const free = bavail * bsize;
  const path = join(config.dataDir, `.doctor-${process.pid}`);
  const file = openSync(path, 'w');
  const started = performance.now();
  for (let n = 0; n < SYNCS; n += 1) {
    writeSync(file, Buffer.alloc(2_700, 32));
    fdatasyncSync(file);
  }
  const each = (performance.now() - started) / SYNCS;
  closeSync(file);
  rmSync(path);
  const needed = Math.max(LOW_DISK_BYTES, config.gateway.spool.maxBytes);
  return [
    {
      subject: 'disk space',
      state: free > needed ? 'ok' : 'warn',
      detail: `${(free / 1024 ** 3).toFixed(1)} GiB free; the spool may take ${(config.gateway.spool.maxBytes / 1024 ** 3).toFixed(1)} GiB`,
    },
    {
      subject: 'disk sync',
      state: each < SLOW_SYNC_MS ? 'ok' : 'warn',
      detail: `fdatasync takes ${each.toFixed(2)} ms; every acknowledgement waits for one`,
    },
  ];
};

const secrets: Check = async ({ config, environment }) => {
  loadSecrets(config, environment);
  const named = config.alerting.channels.flatMap((channel) =>
    channel.type === 'webhook'
      ? [channel.secretFrom]
      : channel.passwordFrom === undefined
        ? []
        : [channel.passwordFrom],
  );
  const missing = named.filter((name) => (environment[name] ?? '') === '');
  return [
    {
      subject: 'secrets',
      state: missing.length === 0 ? 'ok' : 'fail',
      detail: missing.length === 0 ? 'all there' : `not in the environment: ${missing.join(', ')}`,
    },
  ];
};

const database: Check = async ({ config, environment, logger }) => {
  if (config.database.engine === 'pglite') {
    return [
      {
        subject: 'database',
        state: 'warn',
        detail: 'pglite survives the death of the process, not a power loss; use postgres in production',
      },
    ];
  }
  const opened = await createDatabase({
    config: config.database,
    dataDir: config.dataDir,
    password: environment.OVERREAD_DATABASE_PASSWORD,
    logger,
  });
  try {
    const { rows } = await opened.query<{ version: string; fsync: string }>(
      "select current_setting('server_version') as version, current_setting('fsync') as fsync",
    );
    const [row] = rows;
    return [
      {
        subject: 'database',
        state: row?.fsync === 'on' ? 'ok' : 'warn',
        detail: `PostgreSQL ${row?.version ?? '?'}, fsync ${row?.fsync ?? '?'}`,
      },
    ];
  } finally {
    await opened.close();
  }
};

const brokers: Check = async ({ config }) => {
  if (config.bus.engine !== 'kafka') return [];
  return Promise.all(
    config.bus.brokers.map(async (broker): Promise<Finding> => {
      const at = broker.lastIndexOf(':');
      const problem = await reach(broker.slice(0, at), Number(broker.slice(at + 1)));
      return {
        subject: `broker ${broker}`,
        state: problem === null ? 'ok' : 'fail',
        detail: problem ?? 'answers',
      };
    }),
  );
};

const feeds: Check = async ({ config }) => {
  const sources = config.gateway.mllp.length + config.gateway.folders.length + config.gateway.kafka.length;
  const generators = config.feeds.filter(
    (feed) => feed.sourceKind === 'ai' || feed.sourceRules.some((r) => r.kind === 'ai'),
  );
  return [
    {
      subject: 'feeds',
      state: config.feeds.length === 0 || generators.length === 0 ? 'warn' : 'ok',
      detail: `${config.feeds.length} feeds, ${generators.length} of them may bring drafts, ${sources} listeners, folders and topics`,
    },
  ];
};

/** Whether the service itself answers, and what it says of its parts. */
const service: Check = async ({ config }) => {
  const { host, port } = config.operations;
  const response = await fetch(`http://${host}:${port}/readyz`, {
    signal: AbortSignal.timeout(REACH_MS),
  }).catch(() => null);
  if (response === null)
    return [{ subject: 'service', state: 'warn', detail: `does not run on ${host}:${port}` }];
  const body = (await response.json()) as { parts?: Record<string, { ready: boolean; detail: string }> };
  const waiting = Object.entries(body.parts ?? {}).filter(([, part]) => !part.ready);
  return [
    {
      subject: 'service',
      state: waiting.length === 0 ? 'ok' : 'fail',
      detail:
        waiting.length === 0 ? 'ready' : waiting.map(([name, part]) => `${name}: ${part.detail}`).join('; '),
    },
  ];
};

/** In the order they are printed. */
export const CHECKS: Readonly<Record<string, Check>> = {
  node,
  disk,
  secrets,
  database,
  brokers,
  feeds,
  service,
};
