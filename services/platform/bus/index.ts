import type { BusConfig } from '../../../contracts/index.js';
import type { Clock } from '../clock.js';
import type { Database } from '../database/types.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../metrics.js';
import type { Service } from '../service.js';
import { createInstruments } from './instruments.js';
import { createKafkaBus } from './kafka/index.js';
import { createSqlBus } from './sql/index.js';
import { type BusTuning, DEFAULT_TUNING } from './tuning.js';
import type { EventBus } from './types.js';

export type { BusTuning } from './tuning.js';

export type BusDeps = {
  readonly config: BusConfig;
  /** Migrated. May be null with Kafka, in a process that only publishes and consumes. */
  readonly database: Database | null;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** For tests that must not wait. */
  readonly tuning?: Partial<BusTuning>;
};

/**
 * The configured bus. Start it before its consumers, stop it after them (it stops those that still run). With Kafka
 * `start` resolves while the brokers are down: `health` tells, and it connects as soon as they answer.
 */
export function createBus(deps: BusDeps): EventBus & Service {
  const { config, database, metrics, logger, clock } = deps;
  const tuning = { ...DEFAULT_TUNING, ...deps.tuning };
  const context = { metrics, logger, clock, tuning, instruments: createInstruments(metrics) };
  if (config.engine === 'kafka') return { name: 'bus', ...createKafkaBus({ ...context, config, database }) };
  if (database === null) throw new TypeError('the sql bus lives in a database');
  return { name: 'bus', ...createSqlBus({ ...context, config, database }) };
}
