import { Command, Option } from 'commander';
import { MessageAttributes, REVIEW_API } from '../../../contracts/index.js';
import { loadConfig, systemClock } from '../../platform/index.js';
import { moment, positiveInteger } from '../arguments.js';
import { readInput } from '../input.js';
import { createFileReader, type FilesDeps } from '../normalise/files.js';
import { hashKeyFor } from '../normalise/hash-key.js';
import { describeTrial } from '../normalise/trial.js';
import { endOnClosedPipe, writeLine } from '../output.js';
import { serviceOf } from '../service-options.js';

type NormaliseOptions = {
  readonly config?: string;
  readonly transport?: FilesDeps['transport'];
  readonly listener?: string;
  readonly rules?: string;
  readonly stored?: true;
  readonly since?: string;
  readonly limit: number;
  readonly json?: true;
  readonly url?: string;
};

const DEFAULT_CONFIG = 'overread.yaml';
const ONLY_STORED = ['since', 'limit', 'json', 'url'];
/** Longer than the service takes at most. */
const TRIAL_TIMEOUT_MS = 120_000;

const HELP = `
A line is what the topic reports would carry: a report version, a patient merge or a correction of identifiers. Others:
  {"file","message":n,"ignored":[…]}              accepted, and leads to nothing
  {"file","message":n,"error":{"code","message"}} refused or quarantined; the exit code is 1

Examples:
  overread normalise --config overread.yaml --listener main messages.hl7 report.dcm submission.json
  overread normalise --rules new.yaml --stored --since 2026-03-01 --limit 5000

--stored asks a running service; where it wants a login, OVERREAD_TOKEN holds a token with the role admin.`;

export function normaliseCommand(): Command {
  return new Command('normalise')
    .description('show what the feed rules make of messages, without storing them; needs no running service')
    .argument('[files...]', 'HL7 messages (plain or framed, several a file), .dcm files, .json submissions')
    .option('--config <file>', `configuration with the feeds (default: "${DEFAULT_CONFIG}")`)
    .addOption(
      new Option('--transport <name>', 'as if the files came in this way').choices(
        MessageAttributes.shape.transport.options,
      ),
    )
    .option('--listener <name>', 'as if by this listener, folder or endpoint')
    .option('--rules <file>', 'with --stored: a changed configuration, whose feeds are tried')
    .option('--stored', 'try --rules on messages a running service has stored, and say what would change')
    .option('--since <time>', 'with --stored: taken in from then on; a day or a time with its offset', moment)
    .option('--limit <number>', 'with --stored: messages read at most', positiveInteger, 1000)
    .option('--json', 'with --stored: the whole answer as JSON')
    .option('--url <address>', 'with --stored: address of the service, else pages of --config')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(files: readonly string[], options: NormaliseOptions, command: Command): Promise<void> {
  const { stored, rules } = options;
  if (stored === true && rules !== undefined && files.length === 0) return tryOnStored(rules, options);
  if (stored !== undefined || rules !== undefined || files.length === 0) {
    command.error('error: give files, or --rules FILE and --stored');
  }
  const stray = ONLY_STORED.find((name) => command.getOptionValueSource(name) === 'cli');
  if (stray !== undefined) command.error(`error: --${stray} is for --stored`);
  return normaliseFiles(files, options);
}

/** Exit code 1 when any message is refused or quarantined. */
async function normaliseFiles(files: readonly string[], options: NormaliseOptions): Promise<void> {
  endOnClosedPipe();
  const config = loadConfig(options.config ?? DEFAULT_CONFIG);
  const { hashKey, throwAway } = hashKeyFor(config, process.env);
  if (throwAway) {
    process.stderr.write(
      'no hash key here: pseudonyms are made with a throw-away key and differ each time\n',
    );
  }
  const { transport, listener } = options;
  const read = createFileReader({
    feeds: config.feeds,
    gateway: config.gateway,
    hashKey,
    now: () => systemClock.now(),
    ...(transport === undefined ? {} : { transport }),
    ...(listener === undefined ? {} : { listener }),
  });
  for (const file of files) {
    for (const { bad, line } of read(file, readInput(file))) {
      await writeLine(line);
      if (bad) process.exitCode = 1;
    }
  }
}

async function tryOnStored(
  rules: string,
  { since, limit, json, ...options }: NormaliseOptions,
): Promise<void> {
  const { feeds } = loadConfig(rules);
  const answer = await serviceOf(options).call(REVIEW_API.tryRules, {
    body: { feeds, limit, ...(since === undefined ? {} : { since }) },
    timeoutMs: TRIAL_TIMEOUT_MS,
  });
  process.stdout.write(json ? `${JSON.stringify(answer, null, 2)}\n` : describeTrial(answer));
}
