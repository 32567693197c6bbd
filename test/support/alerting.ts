import { expect } from '@jest/globals';
import { type Alert, AlertingConfig, AlertNotice, PagesConfig } from '../../contracts/index.js';
import { type AlertingDeps, createAlerting } from '../../services/alerting/index.js';
import {
  createLogger,
  createMetrics,
  type Database,
  type Metrics,
  type OutgoingEvent,
  type Service,
} from '../../services/platform/index.js';
import { createManualClock, type ManualClock } from './manual-clock.js';
import { createMemoryBus, incoming, type MemoryBus } from './memory-bus.js';

export type TestAlerting = {
  readonly service: Service;
  readonly bus: MemoryBus;
  readonly clock: ManualClock;
  readonly metrics: Metrics;
  /** What was logged, all of it. */
  readonly log: () => string;
  /** Hands events over as one batch. */
  give(...events: OutgoingEvent[]): Promise<void>;
  alerts(): Promise<Alert[]>;
  notices(): Promise<AlertNotice[]>;
  deliveries(): Promise<{ channel: string; notice: string; state: string }[]>;
};

export type TestAlertingOptions = {
  readonly database: Database;
  /** As a person writes it; defaults are filled in. */
  readonly config?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: ManualClock;
  readonly overrides?: Partial<AlertingDeps>;
};

/** Alerting on a real database, with a clock that stands still and a bus that hands over what the test gives. */
export async function testAlerting(options: TestAlertingOptions): Promise<TestAlerting> {
  const { database, config = {}, environment = {}, clock = createManualClock() } = options;
  const bus = await createMemoryBus(database);
  const metrics = createMetrics();
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug' }, { write: (line) => lines.push(line) });
  const service = createAlerting({
    config: AlertingConfig.parse(config),
    pages: PagesConfig.parse({ publicUrl: 'https://overread.example/' }),
    secrets: { hashKey: '', databasePassword: undefined, environment },
    database,
    bus,
    metrics,
    logger,
    clock,
    random: () => 0.5,
    ...options.overrides,
  });
  return {
    service,
    bus,
    clock,
    metrics,
    log: () => lines.join(''),
    give: (...events) => bus.deliver(events.map((event) => incoming(event, clock.now()))),
    async alerts() {
      const { rows } = await database.query<{ document: Alert }>(
        'select document from alert order by raised_at, id',
      );
      return rows.map((row) => row.document);
    },
    async notices() {
      const events = await bus.appended();
      expect(new Set(events.map((event) => event.type))).not.toContain('overread.score.computed');
      return events.map((event) => AlertNotice.parse(event.data));
    },
    async deliveries() {
      const { rows } = await database.query<{ channel: string; notice: string; state: string }>(
        'select channel, notice, state from delivery order by seq',
      );
      return rows;
    },
  };
}

/** Empties what these tests write. */
export async function emptyAlerts(database: Database): Promise<void> {
  await database.exec(
    'truncate score, alert, alert_revision, delivery, pair, report_version, study restart identity cascade',
  );
  await database.exec('drop table if exists appended_event');
}
