#!/usr/bin/env node
import { Command } from 'commander';
import { ERRORS, OverreadError } from '../../contracts/index.js';
import { scoreCommand } from './commands/score.js';
import { serveCommand } from './commands/serve.js';

/** Every command of `overread`; one file each under `commands/`. */
const COMMANDS: readonly (() => Command)[] = [serveCommand, scoreCommand];

function report(error: unknown): void {
  if (!(error instanceof OverreadError)) throw error;
  const { what, remedy } = ERRORS[error.code];
  process.stderr.write(
    `${error.code}: ${what}${error.detail === '' ? '' : `\n  ${error.detail}`}\n  ${remedy}.\n`,
  );
  process.stderr.write(`  See docs/errors.md#${error.code.toLowerCase()}\n`);
  process.exitCode = 1;
}

const program = new Command('overread')
  .description(
    'Watches radiology report generators: pairs AI drafts with final reports and names what differs.',
  )
  .showHelpAfterError('(add --help for an example)');
for (const command of COMMANDS) program.addCommand(command());
await program.parseAsync().catch(report);
