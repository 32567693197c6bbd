import { Command } from 'commander';
import { REVIEW_API, type ReplayStatus } from '../../../contracts/index.js';
import { systemClock } from '../../platform/index.js';
import type { ApiClient } from '../api-client.js';
import { moment } from '../arguments.js';
import { createCounter, type Progress } from '../progress.js';
import { type ServiceOptions, serviceOf, TOKEN_HELP, withService } from '../service-options.js';

type ReplayOptions = ServiceOptions & {
  readonly since: string;
  readonly until?: string;
  readonly feed?: string;
};

const POLL_MS = 300;

export function replayCommand(): Command {
  return withService(new Command('replay'))
    .description('put stored messages of a running service through its stages again, quietly')
    .option(
      '--since <time>',
      'taken in from then on; a day or a time with its offset',
      moment,
      moment('1970-01-01'),
    )
    .option('--until <time>', 'taken in up to then', moment)
    .option('--feed <name>', 'only messages of this feed')
    .addHelpText(
      'after',
      '\nNobody is told of what a replay raises, and what has not changed adds nothing. The service goes on with it' +
        `\nwhen this command is interrupted.\n${TOKEN_HELP}` +
        '\n\nExample:\n  overread replay --since 2026-03-01 --feed ris --url http://127.0.0.1:8080',
    )
    .action(replay);
}

/** Exit code 1 unless the replay came to its end. */
async function replay({ since, until, feed, ...options }: ReplayOptions): Promise<void> {
  const service = serviceOf(options);
  const started = await service.call(REVIEW_API.startReplay, {
    body: { since, ...(until === undefined ? {} : { until }), ...(feed === undefined ? {} : { feed }) },
  });
  const progress = createCounter('replayed', 'messages', process.stderr);
  const ended = await followed(service, started, progress);
  progress.end();
  process.stdout.write(`${describe(ended)}\n`);
  if (ended.state !== 'done') process.exitCode = 1;
}

async function followed(
  service: ApiClient,
  started: ReplayStatus,
  progress: Progress,
): Promise<ReplayStatus> {
  let status = started;
  while (status.state === 'running') {
    progress.advance(status.republished);
    await systemClock.sleep(POLL_MS);
    const latest = await service.call(REVIEW_API.getReplay);
    // Another one after ours: ours has ended, only its figures are gone.
    if (latest.id !== started.id) return { ...status, state: 'done' };
    status = latest;
  }
  return status;
}

function describe({ state, republished, code, startedAt, endedAt }: ReplayStatus): string {
  const seconds =
    endedAt === null ? '' : ` in ${((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
  return `replay ${state}${code === null ? '' : ` (${code})`}: ${republished} messages put back${seconds}`;
}
