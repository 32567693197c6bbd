import { z } from 'zod';
import { FeedConfig } from './feeds.js';
import { GatewayConfig } from './gateway.js';
import { BusConfig, DatabaseConfig, LoggingConfig, OperationsConfig, PagesConfig } from './platform.js';
import { AlertingConfig, PairingConfig, ReviewConfig, ScoringConfig } from './stages.js';

export * from './feeds.js';
export * from './gateway.js';
export * from './platform.js';
export * from './stages.js';

/** Parts of the service that can run in processes of their own. */
export const ServiceRole = z.enum(['ingest', 'pairing', 'scoring', 'alerting', 'review']);
export type ServiceRole = z.infer<typeof ServiceRole>;

/** The whole configuration file. Secrets are not in it: they come from the environment. */
export const Config = z
  .strictObject({
    dataDir: z.string().default('./overread-data'),
    database: DatabaseConfig.prefault({ engine: 'pglite' }),
    bus: BusConfig.prefault({ engine: 'sql' }),
    pages: PagesConfig.prefault({}),
    operations: OperationsConfig.prefault({}),
    logging: LoggingConfig.prefault({}),
    gateway: GatewayConfig.prefault({}),
    feeds: z.array(FeedConfig).default([]),
    pairing: PairingConfig.prefault({}),
    scoring: ScoringConfig.prefault({}),
    alerting: AlertingConfig.prefault({}),
    review: ReviewConfig.prefault({}),
    retentionDays: z.number().min(1).default(183),
  })
  .superRefine((config, context) => {
    if (config.database.engine === 'pglite' && config.bus.engine === 'kafka') {
      context.addIssue({
        code: 'custom',
        path: ['bus', 'engine'],
        message: 'kafka needs database.engine postgres: PGlite belongs to one process',
      });
    }
    const channels = new Set(config.alerting.channels.map((c) => c.name));
    config.alerting.rules.forEach((rule, r) => {
      rule.channels.forEach((name, c) => {
        if (!channels.has(name)) {
          context.addIssue({
            code: 'custom',
            path: ['alerting', 'rules', r, 'channels', c],
            message: `no channel is named "${name}"`,
          });
        }
      });
    });
    for (const [list, path] of [
      [config.feeds, ['feeds']],
      [config.alerting.rules, ['alerting', 'rules']],
      [config.alerting.channels, ['alerting', 'channels']],
      [[...config.gateway.mllp, ...config.gateway.folders, ...config.gateway.kafka], ['gateway']],
    ] as const) {
      const seen = new Set<string>();
      list.forEach((entry, index) => {
        if (seen.has(entry.name)) {
          context.addIssue({
            code: 'custom',
            path: [...path, index, 'name'],
            message: `"${entry.name}" is used twice`,
          });
        }
        seen.add(entry.name);
      });
    }
  });
export type Config = z.infer<typeof Config>;

/** Secrets by environment variable. The hash key turns patient numbers into pseudonyms; losing it unlinks them. */
export type Secrets = {
  readonly hashKey: string;
  readonly databasePassword: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
};
