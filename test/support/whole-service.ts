import { Config, ServiceRole } from '../../contracts/index.js';
import { createHospital, HOSPITAL_DEFAULTS } from '../../services/cli/simulation/hospital.js';
import type { SimulatedMessage } from '../../services/cli/simulation/messages.js';
import { transmit } from '../../services/cli/simulation/transmit.js';
import { startOverread } from '../../services/main.js';
import { createLogger, systemClock } from '../../services/platform/index.js';
import { temporaryFolder } from './temporary.js';

export type WholeService = {
  readonly operations: string;
  readonly pages: string;
  /** Sends the messages of made-up studies over MLLP; returns how many. */
  simulate(studies: number): Promise<number>;
  stop(): Promise<void>;
};

/** Feeds of the messages `overread simulate` makes. */
export const SIMULATED_FEEDS = [
  { name: 'drafts', site: 'example', match: { sendingApplication: 'SIM-DRAFTER' }, sourceKind: 'ai' },
  { name: 'ris', site: 'example', match: { sendingApplication: 'SIM-RIS' }, sourceKind: 'radiologist' },
];

/** The service with all roles in this process, on pglite and sql, in a temporary folder and on free ports. */
export async function startWholeService(
  config: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<WholeService> {
  const overread = await startOverread({
    config: Config.parse({
      dataDir: await temporaryFolder(),
      pages: { port: 0 },
      operations: { port: 0 },
      gateway: { mllp: [{ name: 'main', port: 0 }] },
      feeds: SIMULATED_FEEDS,
      ...config,
    }),
    secrets: { hashKey: 'made up', databasePassword: undefined, environment },
    roles: ServiceRole.options,
    logger: createLogger({ level: 'error' }),
    clock: systemClock,
  });
  const { operations, pages, mllp } = overread.ports();
  return {
    operations: `127.0.0.1:${operations}`,
    pages: `127.0.0.1:${pages}`,
    async simulate(studies) {
      const hospital = createHospital({
        ...HOSPITAL_DEFAULTS,
        seed: 3,
        significantRate: 0.5,
        start: new Date(),
      });
      const messages: SimulatedMessage[] = Array.from({ length: studies }, () => hospital.study()).flat();
      const target = { host: '127.0.0.1', port: mllp.main ?? 0, timeoutMs: 10_000 };
      const done = await transmit(messages.values(), {
        target,
        connections: 2,
        rate: null,
        clock: systemClock,
      });
      return done.sent;
    },
    stop: () => overread.stop(),
  };
}
