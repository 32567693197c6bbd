import { join } from 'node:path';
import { Router } from 'express';
import { type Config, INTAKE_API, type Secrets, type ServiceRole } from '../contracts/index.js';
import { createAlerting } from './alerting/index.js';
import { createGateway, createNormaliser, createTrial } from './ingest/index.js';
import { createRetention } from './ledger/index.js';
import { createPairing } from './pairing/index.js';
import {
  type Clock,
  createBus,
  createDatabase,
  createHttp,
  createMetrics,
  createOperations,
  type Health,
  type Logger,
  migrate,
  openDataDir,
  packageRoot,
  requireRole,
  type Service,
  yieldToIntake,
} from './platform/index.js';
import { createReview } from './review/index.js';
import { createScorer, createScoring } from './scoring/index.js';

export type OverreadDeps = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly roles: readonly ServiceRole[];
  readonly logger: Logger;
  readonly clock: Clock;
};

/** What 0 in the configuration became; null where the role does not run here. */
export type Ports = {
  readonly operations: number;
  readonly pages: number | null;
  readonly mllp: Readonly<Record<string, number>>;
};

export type Overread = { stop(): Promise<void>; ports(): Ports };

/** Put before the gateway's router: whoever sends reports must be known. */
function intakeGuard(): Router {
  const router = Router();
  for (const { path, role } of Object.values(INTAKE_API)) router.post(path, requireRole(role));
  return router;
}

/** The whole wiring: configuration, platform, the chosen roles; started from the end of the way, stopped in reverse. */
export async function startOverread({
  config,
  secrets,
  roles,
  logger,
  clock,
}: OverreadDeps): Promise<Overread> {
  const has = (role: ServiceRole) => roles.includes(role);
  if (has('ingest') || config.database.engine === 'pglite') openDataDir(config.dataDir);
  const metrics = createMetrics();
  metrics.watchProcess();
  const database = await createDatabase({
    config: config.database,
    dataDir: config.dataDir,
    password: secrets.databasePassword,
    logger,
  });
  await migrate(database, join(packageRoot(), 'services/ledger/migrations'));
  const bus = createBus({ config: config.bus, database, metrics, logger, clock });
  const services: Service[] = [];
  const healths = () => new Map<string, Health>(services.map((service) => [service.name, service.health()]));
  const operations = createOperations({ config: config.operations, metrics, healths });
  const common = { bus, database, metrics, logger, clock };

  const scoring = has('scoring') ? createScoring({ ...common, config: config.scoring }) : null;
  // A process with pages and no scoring stage still answers `POST /api/v1/score`, with a worker of its own.
  const scorer = has('review') && scoring === null ? createScorer({ config: config.scoring, logger }) : null;
  const score = (scoring ?? scorer)?.score;
  const review =
    has('review') && score !== undefined
      ? createReview({
          ...common,
          feeds: config.feeds.map((feed) => feed.name),
          score,
          tryRules: createTrial({ ...common, feeds: config.feeds, hashKey: secrets.hashKey }),
          healths,
        })
      : null;
  const alerting = has('alerting')
    ? createAlerting({ ...common, config: config.alerting, pages: config.pages, secrets })
    : null;
  const pairing = has('pairing') ? createPairing({ ...common, config: config.pairing }) : null;
  const retention = has('pairing') ? createRetention({ ...common, days: config.retentionDays }) : null;
  const normaliser = has('ingest')
    ? createNormaliser({ ...common, feeds: config.feeds, hashKey: secrets.hashKey })
    : null;
  const gateway = has('ingest')
    ? createGateway({ ...common, config: config.gateway, feeds: config.feeds, dataDir: config.dataDir })
    : null;
  const intake = gateway === null ? [] : [intakeGuard(), gateway.router];
  const http =
    gateway === null && review === null
      ? null
      : createHttp({
          ...common,
          config: config.pages,
          authentication: config.review.authentication,
          routers: [...intake, ...(review === null ? [] : [review.router])],
          ...(review === null ? {} : { problemPage: review.problemPage }),
        });

  const stop = async () => {
    for (const service of services.toReversed()) await service.stop();
    await scorer?.stop();
    await database.close();
  };
  try {
    await scorer?.start();
    const all = [operations, bus, review, alerting, scoring, retention, pairing, normaliser, gateway, http];
    for (const service of all) {
      if (service === null) continue;
      services.push(service);
      await service.start();
    }
  } catch (error) {
    await stop().catch((failed: unknown) =>
      logger.error({ err: failed }, 'stopping after a failed start failed'),
    );
    throw error;
  }
  // After the gateway's thread is there, which then keeps its priority.
  if (gateway !== null) yieldToIntake();
  return {
    ports: () => ({
      operations: operations.port(),
      pages: http?.port() ?? null,
      mllp: gateway?.ports() ?? {},
    }),
    stop,
  };
}
