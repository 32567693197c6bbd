import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Config } from '../../contracts/index.js';
import { packageRoot } from '../../services/platform/index.js';
import { eventually } from './eventually.js';
import { freePort } from './postgres.js';

/** A configuration as a person writes it; what is left out has its default. */
export type ConfigInput = { readonly [Key in keyof Config]?: unknown };

export type OverreadProcess = {
  readonly ports: { readonly mllp: number; readonly pages: number; readonly operations: number };
  /** What it has logged, one JSON object a line. */
  log(): string;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
};

const START_MS = 60_000;

/** Feeds of the simulated hospital. */
export const SIMULATED_FEEDS = [
  {
    name: 'drafts',
    site: 'made-up-hospital',
    match: { sendingApplication: 'SIM-DRAFTER' },
    sourceKind: 'ai',
  },
  {
    name: 'ris',
    site: 'made-up-hospital',
    match: { sendingApplication: 'SIM-RIS' },
    sourceKind: 'radiologist',
  },
];

/** `overread serve` as it is run in production: a process of its own on free ports, ready when it says so. */
export async function startOverreadProcess(options: {
  readonly folder: string;
  readonly config: ConfigInput;
  readonly roles?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder of package.json and dist; this checkout where it is not given. */
  readonly program?: string;
}): Promise<OverreadProcess> {
  const ports = { mllp: await freePort(), pages: await freePort(), operations: await freePort() };
  const path = join(options.folder, `overread-${ports.pages}.yaml`);
  const config = {
    dataDir: join(options.folder, 'data'),
    pages: { port: ports.pages, publicUrl: `http://127.0.0.1:${ports.pages}` },
    operations: { port: ports.operations },
    gateway: { mllp: [{ name: 'main', port: ports.mllp }] },
    feeds: SIMULATED_FEEDS,
    ...options.config,
  };
  await writeFile(path, stringify(config));
  const program = options.program ?? packageRoot();
  const command = [join(program, 'dist/services/cli/index.js'), 'serve', '--config', path];
  const roles = options.roles === undefined ? [] : ['--roles', options.roles];
  const child: ChildProcess = spawn(process.execPath, [...command, ...roles], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      OVERREAD_HASH_KEY: 'a key of the tests',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString('utf8');
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`overread ended with ${child.exitCode}: ${log}`);
    const response = await fetch(`http://127.0.0.1:${ports.operations}/readyz`);
    if (!response.ok) throw new Error(`not ready: ${await response.text()}`);
  }, START_MS);
  return {
    ports,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
