import { join } from 'node:path';
import type { Config, Secrets, ServiceRole } from '../contracts/index.js';
import {
  type Clock,
  createDatabase,
  createMetrics,
  createOperations,
  type Health,
  type Logger,
  migrate,
  packageRoot,
  type Service,
} from './platform/index.js';

export type OverreadDeps = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly roles: readonly ServiceRole[];
  readonly logger: Logger;
  readonly clock: Clock;
};

export type Overread = {
  stop(): Promise<void>;
  readonly ports: { readonly operations: number };
};

/** The whole wiring: configuration, platform, the chosen roles; started upstream last, stopped in reverse. */
export async function startOverread({ config, secrets, logger }: OverreadDeps): Promise<Overread> {
  const metrics = createMetrics();
  metrics.watchProcess();
  const database = await createDatabase({
    config: config.database,
    dataDir: config.dataDir,
    password: secrets.databasePassword,
    logger,
  });
  await migrate(database, join(packageRoot(), 'services/ledger/migrations'));

  const services: Service[] = [];
  const operations = createOperations({
    config: config.operations,
    metrics,
    healths: () => new Map<string, Health>(services.map((service) => [service.name, service.health()])),
  });
  services.push(operations);
  for (const service of services) await service.start();
  return {
    ports: { operations: operations.port() },
    async stop() {
      for (const service of services.toReversed()) await service.stop();
      await database.close();
    },
  };
}
