import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../services/platform/index.js';
import { eventually } from './eventually.js';
import { freePort } from './postgres.js';
import { temporaryFolder } from './temporary.js';

export const RULES = join(packageRoot(), 'monitoring/prometheus/overread.rules.yaml');
export const SCRAPE = join(packageRoot(), 'monitoring/prometheus/prometheus.yaml');

/** Reason why `promtool` or `prometheus` cannot be run here, or null. On CI a missing one is a failure. */
export function prometheusMissing(): string | null {
  const missing = ['promtool', 'prometheus'].filter(
    (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status !== 0,
  );
  if (missing.length === 0) return null;
  if (process.env.CI === 'true') throw new Error('prometheus and promtool must be installed on CI');
  return `not installed: ${missing.join(', ')}`;
}

export type Prometheus = {
  /** Data of an answer of the HTTP API. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
};

/** A real Prometheus with the example's configuration and rules, scraping `target` every second instead. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = await temporaryFolder();
  const example = await readFile(SCRAPE, 'utf8');
  const config = example.replaceAll('15s', '1s').replace('127.0.0.1:9464', target);
  await writeFile(join(folder, 'prometheus.yaml'), config);
  await writeFile(join(folder, 'overread.rules.yaml'), await readFile(RULES));
  const port = await freePort();
  const server: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  await eventually(async () => {
    if (!(await ask('/-/ready')).ok) throw new Error('prometheus is not ready');
  }, 20_000);
  return {
    async get(path) {
      const body: unknown = await (await ask(path)).json();
      return typeof body === 'object' && body !== null && 'data' in body ? body.data : null;
    },
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    },
  };
}
