import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { number, positiveInteger } from '../arguments.js';
import { loadTable } from '../load/report.js';
import { runLoad } from '../load/run.js';
import { createProgress } from '../progress.js';
import { HOSPITAL_DEFAULTS } from '../simulation/hospital.js';

type LoadTestOptions = {
  readonly host: string;
  readonly port: number;
  readonly metrics: readonly string[];
  readonly folder: string;
  readonly connections: number;
  readonly rate?: number;
  readonly seconds: number;
  readonly seed: number;
  readonly significantRate: number;
  readonly json?: string;
};

export function loadTestCommand(): Command {
  return new Command('load-test')
    .description('load a running service with simulated reports and measure intake, path, disk and memory')
    .option('--host <name>', 'MLLP host', '127.0.0.1')
    .option('--port <number>', 'MLLP port', positiveInteger, 2575)
    .option('--metrics <url...>', 'metrics page of each process', ['http://127.0.0.1:9464/metrics'])
    .option('--folder <path>', 'a folder on the disk of the spool', '.')
    .option('--connections <number>', 'MLLP connections', positiveInteger, 8)
    .option('--rate <number>', 'messages a second; without it as fast as they are acknowledged', number)
    .option('--seconds <number>', 'how long to send', positiveInteger, 60)
    .option(
      '--seed <number>',
      'use another one for a second run against the same service',
      positiveInteger,
      1,
    )
    .option('--significant-rate <share>', 'drafts that are wrong', number, HOSPITAL_DEFAULTS.significantRate)
    .option('--json <file>', 'also write the figures as JSON')
    .addHelpText(
      'after',
      '\nThe service needs the feeds of `overread simulate`. Use a test installation: everything sent stays in it.' +
        '\n\nExample:\n  overread load-test --rate 50 --seconds 600 --json figures.json',
    )
    .action(loadTest);
}

async function loadTest(options: LoadTestOptions): Promise<void> {
  const progress = createProgress('loading', options.seconds, process.stderr, Date.now);
  const report = await runLoad({
    ...options,
    target: { host: options.host, port: options.port, timeoutMs: 60_000 },
    metricsUrls: options.metrics,
    rate: options.rate ?? null,
    onProgress: (seconds) => progress.advance(Math.round(seconds)),
  });
  progress.end();
  process.stdout.write(loadTable(report));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
