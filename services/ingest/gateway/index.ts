import { join } from 'node:path';
import type { Router } from 'express';
import { type FeedConfig, type GatewayConfig, OverreadError } from '../../../contracts/index.js';
import type { Clock, EventBus, Logger, Metrics, Service } from '../../platform/index.js';
import { createHttpIntake } from './http/index.js';
import { createKafkaReader } from './kafka/index.js';
import { registerGatewayMetrics } from './metrics.js';
import type { Report } from './report.js';
import { createGatewayThread } from './thread/index.js';
import type { Accept } from './types.js';

export { type Part, partsOf } from './file-parts.js';
export type { Accept, Receipt, Submission } from './types.js';

export type GatewayDeps = {
  readonly config: GatewayConfig;
  readonly feeds: readonly FeedConfig[];
  /** The spool is its folder `spool`. */
  readonly dataDir: string;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
};

export type Gateway = Service & {
  /** Bytes by another way in; resolves when they are durable, whatever the bus does. */
  readonly accept: Accept;
  /** `POST /api/v1/reports`, `/hl7`, `/dicom`. Authentication is put before it. */
  readonly router: Router;
  /** Ports of the MLLP listeners by name; what 0 became. */
  ports(): Readonly<Record<string, number>>;
};

/**
 * Takes messages in by MLLP, folder, Kafka and HTTP, makes them durable, answers, and hands them to the bus as
 * `overread.message.received`. MLLP, folders and the spool live on a thread of their own, so that nothing else can
 * delay an acknowledgement.
 */
export function createGateway(deps: GatewayDeps): Gateway {
  const { config, feeds, bus, metrics, clock } = deps;
  const logger = deps.logger.child({ service: 'gateway' });
  const report: Report = (level, message, fields) => logger[level](fields, message);
  const thread = createGatewayThread({
    data: { config, feeds, spoolFolder: join(deps.dataDir, 'spool') },
    publish: (events) => bus.publish(events),
    clock,
    report,
    record: registerGatewayMetrics(metrics),
  });
  const { accept } = thread;
  const readers = config.kafka.map((reader) => createKafkaReader({ config: reader, accept, clock, report }));
  let started = false;

  return {
    name: 'gateway',
    accept,
    router: createHttpIntake({ accept, config: config.http }),
    ports: thread.ports,
    async start() {
      if (started) throw new OverreadError('OVR_GATEWAY_UNAVAILABLE', 'a gateway is started once');
      started = true;
      await thread.start();
      for (const reader of readers) reader.start();
    },
    async stop() {
      await Promise.all(readers.map((reader) => reader.stop()));
      await thread.stop();
    },
    health() {
      const state = thread.state();
      const waiting = readers.map((reader) => reader.health()).filter((health) => !health.ready);
      return {
        ready: state.storing && waiting.length === 0,
        detail: [state.detail, ...waiting.map((health) => health.detail)].filter(Boolean).join('; '),
      };
    },
  };
}
