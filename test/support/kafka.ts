import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../services/platform/index.js';
import { eventually } from './eventually.js';
import { freePort } from './postgres.js';

const VERSION = '4.1.1';

export type KafkaServer = {
  /** `host:port` of the only broker. */
  readonly broker: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** SIGTERM; the data stay for `restart`. */
  halt(): Promise<void>;
  /** SIGKILL. The next start then takes about 12 s, because the log is recovered. */
  kill(): Promise<void>;
  restart(): Promise<void>;
};

function runs(command: string): boolean {
  return spawnSync(command, ['-version'], { stdio: 'ignore' }).status === 0;
}

/** Reason why a real broker cannot be started here, or null. On CI a missing one is a failure. */
export function kafkaMissing(): string | null {
  const missing = ['java', 'mvn'].filter((command) => !runs(command));
  if (missing.length === 0) return null;
  if (process.env.CI === 'true') throw new Error('Java 17 and Maven must be installed on CI');
  return `not installed: ${missing.join(', ')}`;
}

/** The broker's jars, fetched once a checkout. The folder appears whole or not at all, so that runs can meet. */
function jars(): string {
  const cache = join(packageRoot(), '.cache');
  const folder = join(cache, `kafka-${VERSION}`, 'lib');
  if (existsSync(folder)) return folder;
  mkdirSync(join(cache, `kafka-${VERSION}`), { recursive: true });
  const work = mkdtempSync(join(cache, 'fetching-'));
  cpSync(join(packageRoot(), 'test/support/kafka-pom.xml'), join(work, 'pom.xml'));
  execFileSync(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      join(work, 'pom.xml'),
      'dependency:copy-dependencies',
      `-Dkafka.version=${VERSION}`,
      '-DincludeScope=runtime',
      '-DoutputDirectory=lib',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    renameSync(join(work, 'lib'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

function properties(port: number, controllerPort: number, logs: string): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    `log.dirs=${logs}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    // The index of each segment is made whole at once otherwise, 10 MB for each of many partitions.
    'log.index.size.max.bytes=1048576',
  ].join('\n');
}

function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

/** A real Apache Kafka 4.1 in KRaft mode, one node, in a temporary folder on free ports. */
export async function startKafka(): Promise<KafkaServer> {
  const classPath = join(jars(), '*');
  const folder = await mkdtemp(join(tmpdir(), 'overread-kafka-'));
  const file = join(folder, 'kafka.properties');
  const port = await freePort();
  await writeFile(file, properties(port, await freePort(), join(folder, 'logs')));
  const tool = (...args: string[]) =>
    execFileSync('java', ['-Xmx128m', '-cp', classPath, 'kafka.tools.StorageTool', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  // Any 16 bytes in base64url will do as the id of the cluster.
  tool('format', '-t', 'b3ZlcnJlYWQtdGVzdC0wMQ', '-c', file);
  const launch = () =>
    spawn(
      'java',
      [
        '-Xms256m',
        '-Xmx384m',
        '-XX:+UseSerialGC',
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
        '-cp',
        classPath,
        'kafka.Kafka',
        file,
      ],
      { stdio: 'ignore' },
    );
  let server = launch();
  const ready = () => eventually(() => answers(port), 60_000);
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  await ready();
  return {
    broker: `127.0.0.1:${port}`,
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
    halt: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      server = launch();
      await ready();
    },
  };
}
