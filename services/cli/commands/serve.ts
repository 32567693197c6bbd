import { Command, Option } from 'commander';
import { ServiceRole } from '../../../contracts/index.js';
import { startOverread } from '../../main.js';
import { createLogger, loadConfig, loadSecrets, systemClock } from '../../platform/index.js';
import { serviceRoles } from '../arguments.js';

type ServeOptions = { readonly config: string; readonly roles: readonly ServiceRole[] };

/** Ends the process when shutting down takes longer than a supervisor would wait. */
const STOP_DEADLINE_MS = 25_000;

export function serveCommand(): Command {
  return new Command('serve')
    .description('run the service, all roles in one process or the ones named')
    .addOption(new Option('--config <file>', 'configuration file').default('overread.yaml'))
    .addOption(
      new Option('--roles <list>', `any of ${ServiceRole.options.join(', ')}`)
        .argParser(serviceRoles)
        .default(ServiceRole.options, 'all'),
    )
    .addHelpText(
      'after',
      '\nExample:\n  overread serve --config /etc/overread/overread.yaml --roles ingest,pairing',
    )
    .action(serve);
}

async function serve({ roles, ...options }: ServeOptions): Promise<void> {
  const config = loadConfig(options.config);
  const logger = createLogger(config.logging);
  const secrets = loadSecrets(config, process.env);
  // A turn later, so that signals are heard from the start on: the first process of a container gets none it has no
  // handler for.
  const starting = Promise.resolve().then(() =>
    startOverread({ config, secrets, roles, logger, clock: systemClock }),
  );
  const stop = (signal: string) => {
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    starting
      .then((overread) => overread.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  const overread = await starting;
  logger.info({ roles, ports: overread.ports() }, 'overread is up');
}
