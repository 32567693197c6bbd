import { FeedConfig, GatewayConfig } from '../../../../contracts/index.js';
import { createGateway } from '../../../../services/ingest/gateway/index.js';
import { createLogger, createMetrics, systemClock } from '../../../../services/platform/index.js';

/**
 * A process with a gateway, to be killed. Its bus forgets what it took, as one without durable storage would at a
 * power cut. Prints the port, then lives on.
 */
const gateway = createGateway({
  config: GatewayConfig.parse({ mllp: [{ name: 'main', port: 0 }], spool: { segmentBytes: 65_536 } }),
  feeds: [FeedConfig.parse({ name: 'made-up', site: 'north', match: {} })],
  dataDir: process.argv[2] ?? '',
  bus: { publish: async () => {} },
  metrics: createMetrics(),
  logger: createLogger({ level: 'error' }),
  clock: systemClock,
});
await gateway.start();
process.stdout.write(`${gateway.ports().main}\n`);
