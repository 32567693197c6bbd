#!/usr/bin/env node
import { Command } from 'commander';
import { OverreadError } from '../../contracts/index.js';
import { checkConfigCommand } from './commands/check-config.js';
import { doctorCommand } from './commands/doctor.js';
import { loadTestCommand } from './commands/load-test.js';
import { sendCommand } from './commands/send.js';
import { serveCommand } from './commands/serve.js';
import { simulateCommand } from './commands/simulate.js';
import { errorText } from './error-text.js';

/** Every command of `overread`; one file each under `commands/`. */
const COMMANDS: readonly (() => Command)[] = [
  serveCommand,
  checkConfigCommand,
  doctorCommand,
  sendCommand,
  simulateCommand,
  loadTestCommand,
];

function report(error: unknown): void {
  if (!(error instanceof OverreadError)) throw error;
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}

const program = new Command('overread')
  .description(
    'Watches radiology report generators: pairs AI drafts with final reports and names what differs.',
  )
  .showHelpAfterError('(add --help for an example)');
for (const command of COMMANDS) program.addCommand(command());
await program.parseAsync().catch(report);
