import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../services/platform/index.js';
import { type KafkaServer, startKafka } from '../support/kafka.js';
import { startOverreadProcess } from '../support/overread-process.js';
import { type PostgresServer, startPostgres } from '../support/postgres.js';

/**
 * `npm run load-test -- ENGINES [options of overread load-test]`: starts the engines and the service on this machine,
 * loads it, prints the table, and removes everything.
 */
const ENGINES = ['pglite+sql', 'postgres+sql', 'postgres+kafka'] as const;
type Engines = (typeof ENGINES)[number];

async function load(engines: Engines, options: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'overread-load-'));
  const postgres: PostgresServer | null = engines === 'pglite+sql' ? null : await startPostgres();
  const kafka: KafkaServer | null = engines === 'postgres+kafka' ? await startKafka() : null;
  try {
    const url = await postgres?.createDatabase();
    const overread = await startOverreadProcess({
      folder,
      config: {
        logging: { level: 'warn' },
        ...(url === undefined ? {} : { database: { engine: 'postgres', url } }),
        ...(kafka === null ? {} : { bus: { engine: 'kafka', brokers: [kafka.broker] } }),
      },
    });
    const { mllp, operations } = overread.ports;
    const result = spawnSync(
      process.execPath,
      [
        join(packageRoot(), 'dist/services/cli/index.js'),
        'load-test',
        ...[
          '--port',
          String(mllp),
          '--metrics',
          `http://127.0.0.1:${operations}/metrics`,
          '--folder',
          folder,
        ],
        ...options,
      ],
      { stdio: 'inherit' },
    );
    process.stderr.write(overread.log());
    await overread.stop();
    return result.status ?? 1;
  } finally {
    await kafka?.stop();
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const [engines, ...options] = process.argv.slice(2);
const known = ENGINES.find((name) => name === engines);
if (known === undefined) {
  process.stderr.write(`usage: npm run load-test -- ${ENGINES.join('|')} [options of overread load-test]\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await load(known, options);
}
