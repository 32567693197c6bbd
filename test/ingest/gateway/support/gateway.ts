import { afterEach } from '@jest/globals';
import { FeedConfig, GatewayConfig } from '../../../../contracts/index.js';
import { createGateway, type Gateway } from '../../../../services/ingest/gateway/index.js';
import {
  createLogger,
  createMetrics,
  type Metrics,
  systemClock,
} from '../../../../services/platform/index.js';
import { temporaryFolder } from '../../../support/temporary.js';
import { createRecordingBus, type RecordingBus } from './recording-bus.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});

export type RunningGateway = {
  readonly gateway: Gateway;
  readonly bus: RecordingBus;
  readonly metrics: Metrics;
  readonly logs: string[];
};

/** The whole gateway with its thread, one MLLP listener on a free port, ended with the test. */
export async function startGateway(config: object = {}, bus = createRecordingBus()): Promise<RunningGateway> {
  const logs: string[] = [];
  const metrics = createMetrics();
  const gateway = createGateway({
    config: GatewayConfig.parse({ mllp: [{ name: 'main', port: 0 }], ...config }),
    feeds: [FeedConfig.parse({ name: 'made-up', site: 'north', match: { sendingApplication: 'MADEUP' } })],
    dataDir: await temporaryFolder(),
    bus,
    metrics,
    logger: createLogger({ level: 'debug' }, { write: (line) => logs.push(line) }),
    clock: systemClock,
  });
  running.push(gateway);
  await gateway.start();
  return { gateway, bus, metrics, logs };
}
