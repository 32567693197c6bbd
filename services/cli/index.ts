#!/usr/bin/env node
import { Command } from 'commander';
import { OverreadError } from '../../contracts/index.js';
import { errorText } from './error-text.js';

/**
 * Every command of `overread`; one file each under `commands/`. Loaded when asked for: `score` must not wait for the
 * database of `serve`.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.js')).serveCommand(),
  score: async () => (await import('./commands/score.js')).scoreCommand(),
  normalise: async () => (await import('./commands/normalise.js')).normaliseCommand(),
  send: async () => (await import('./commands/send.js')).sendCommand(),
  simulate: async () => (await import('./commands/simulate.js')).simulateCommand(),
  demo: async () => (await import('./commands/demo.js')).demoCommand(),
  replay: async () => (await import('./commands/replay.js')).replayCommand(),
  'dead-letters': async () => (await import('./commands/dead-letters.js')).deadLettersCommand(),
  'check-config': async () => (await import('./commands/check-config.js')).checkConfigCommand(),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
  'load-test': async () => (await import('./commands/load-test.js')).loadTestCommand(),
};

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
const asked = COMMANDS[process.argv[2] ?? ''];
const loads = asked === undefined ? Object.values(COMMANDS) : [asked];
for (const command of await Promise.all(loads.map((load) => load()))) program.addCommand(command);
await program.parseAsync().catch(report);
