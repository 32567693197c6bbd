import { Command } from 'commander';
import { createLogger, loadConfig } from '../../platform/index.js';
import { CHECKS, type Finding } from '../doctor/checks.js';
import { errorText } from '../error-text.js';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at everything the service needs on this machine and say what is wrong')
    .option('--config <file>', 'configuration file', 'overread.yaml')
    .addHelpText('after', '\nExample:\n  overread doctor --config /etc/overread/overread.yaml')
    .action(doctor);
}

const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const satisfies Record<Finding['state'], string>;

/** Exit code 1 when a check fails. */
async function doctor(options: { readonly config: string }): Promise<void> {
  const config = loadConfig(options.config);
  const deps = { config, environment: process.env, logger: createLogger({ level: 'error' }) };
  for (const [name, check] of Object.entries(CHECKS)) {
    const findings = await check(deps).catch((error: unknown): Finding[] => [
      { subject: name, state: 'fail', detail: errorText(error) },
    ]);
    for (const { subject, state, detail } of findings) {
      process.stdout.write(`${MARKS[state]}  ${subject.padEnd(24)} ${detail}\n`);
      if (state === 'fail') process.exitCode = 1;
    }
  }
}
