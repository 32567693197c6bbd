import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

const VERSIONS = '/usr/lib/postgresql';

export type PostgresServer = {
  /** Address of a fresh, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
  /** SIGKILL of the whole server, as a power cut would end it. */
  kill(): Promise<void>;
  restart(): Promise<void>;
};

function binaries(): string | null {
  const versions = existsSync(VERSIONS)
    ? readdirSync(VERSIONS)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const found = versions
    .map((v) => join(VERSIONS, String(v), 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
  return found ?? null;
}

/** Reason why a real Postgres cannot be started here, or null. On CI a missing server is a failure. */
export function postgresMissing(): string | null {
  if (binaries() !== null) return null;
  if (process.env.CI === 'true')
    throw new Error('PostgreSQL must be installed on CI (Debian package postgresql)');
  return 'PostgreSQL is not installed';
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real server with fsync on, in a temporary folder on a free port. The server refuses root, so root borrows `nobody`. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = binaries();
  if (bin === null) throw new Error('call postgresMissing() first');
  const folder = await mkdtemp(join(tmpdir(), 'overread-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const asRoot = process.getuid?.() === 0;
  const nobody = asRoot ? { uid: 65534, gid: 65534 } : {};
  if (asRoot) {
    await chmod(folder, 0o777);
  }
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'overread', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    {
      ...nobody,
      stdio: 'ignore',
    },
  );
  const psql = (sql: string, database = 'postgres') =>
    execFileSync(
      join(bin, 'psql'),
      ['-qAt', '-h', '127.0.0.1', '-p', String(port), '-U', 'overread', '-c', sql, database],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  const launch = () =>
    spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'max_connections=100'],
      {
        ...nobody,
        stdio: 'ignore',
      },
    );
  let server = launch();
  const ready = () => eventually(() => psql('select 1'), 20_000);
  const end = async (signal: NodeJS.Signals) => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  await ready();
  let databases = 0;
  return {
    async createDatabase() {
      databases += 1;
      const name = `overread_${databases}`;
      psql(`create database ${name}`);
      return `postgres://overread@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    async restart() {
      if (server.exitCode === null && server.signalCode === null) await end('SIGINT');
      server = launch();
      await ready();
    },
  };
}
