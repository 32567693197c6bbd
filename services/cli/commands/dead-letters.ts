import { Command, Option } from 'commander';
import {
  type DeadLetterDetail,
  type DeadLetterItem,
  DeadLetterQuery,
  ERRORS,
  OverreadError,
  REVIEW_API,
} from '../../../contracts/index.js';
import type { ApiClient } from '../api-client.js';
import { positiveInteger } from '../arguments.js';
import { endOnClosedPipe, writeLine } from '../output.js';
import { type ServiceOptions, serviceOf, TOKEN_HELP, withService } from '../service-options.js';

type Filter = { readonly stage?: string; readonly code?: string };
type ListOptions = ServiceOptions &
  Filter & { readonly state: DeadLetterQuery['state']; readonly limit: number; readonly json?: true };
type ShowOptions = ServiceOptions & { readonly original?: true };
type RetryOptions = ServiceOptions & Filter & { readonly all?: true };

const PAGE = 200;
/** Said once: the next letter would fare no better. */
const SAME_FOR_ALL: ReadonlySet<string> = new Set([
  'OVR_SERVICE_UNREACHABLE',
  'OVR_SERVICE_ANSWER_UNKNOWN',
  'OVR_UNAUTHENTICATED',
  'OVR_FORBIDDEN',
  'OVR_HOST_REFUSED',
]);

export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('events a stage of a running service gave up on: look at them, put them back')
    .addHelpText(
      'after',
      `${TOKEN_HELP}\n\nExamples:\n  overread dead-letters list --code OVR_STATUS_UNKNOWN\n` +
        '  overread dead-letters show dl_0123 --original > message.hl7\n' +
        '  overread dead-letters retry --all --code OVR_STATUS_UNKNOWN',
    )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(retryCommand());
}

const withFilter = (command: Command) =>
  command
    .option('--stage <name>', 'only of this stage, e.g. normaliser')
    .option('--code <code>', 'only with this code, e.g. OVR_STATUS_UNKNOWN');

function listCommand(): Command {
  return withFilter(withService(new Command('list')))
    .description('newest first')
    .addOption(
      new Option('--state <state>', 'which ones')
        .choices(DeadLetterQuery.shape.state.unwrap().options)
        .default('open'),
    )
    .option('--limit <number>', 'how many at most', positiveInteger, 100)
    .option('--json', 'one JSON object a line instead of a table')
    .addHelpText('after', '\nExample:\n  overread dead-letters list --stage normaliser --limit 20')
    .action(list);
}

function showCommand(): Command {
  return withService(new Command('show'))
    .description('what went wrong where, and what to do; every look is audited')
    .argument('<id>', 'id of the dead letter')
    .option('--original', 'write the original bytes to standard output instead; they are private')
    .addHelpText('after', '\nExample:\n  overread dead-letters show dl_0123 --original > message.hl7')
    .action(show);
}

function retryCommand(): Command {
  return withFilter(withService(new Command('retry')))
    .description('put the original events back on their topics')
    .argument('[ids...]', 'ids of dead letters')
    .option('--all', 'every open one that --stage and --code name')
    .addHelpText(
      'after',
      '\nExample:\n  overread dead-letters retry dl_0123\n  overread dead-letters retry --all --code OVR_STATUS_UNKNOWN',
    )
    .action(retry);
}

/** Page by page, newest first. */
async function* letters(
  service: ApiClient,
  query: Filter & { readonly state: DeadLetterQuery['state'] },
): AsyncGenerator<DeadLetterItem> {
  let after: string | undefined;
  do {
    const page = await service.call(REVIEW_API.listDeadLetters, { query: { ...query, after, limit: PAGE } });
    yield* page.deadLetters;
    after = page.next ?? undefined;
  } while (after !== undefined);
}

async function list({ state, stage, code, limit, json, ...options }: ListOptions): Promise<void> {
  endOnClosedPipe();
  const filter = {
    state,
    ...(stage === undefined ? {} : { stage }),
    ...(code === undefined ? {} : { code }),
  };
  let shown = 0;
  for await (const letter of letters(serviceOf(options), filter)) {
    if (shown >= limit) return void process.stderr.write(`there are more than ${limit}; see --limit\n`);
    shown += 1;
    if (json) await writeLine(letter);
    else process.stdout.write(line(letter));
  }
  if (shown === 0) process.stderr.write('none\n');
}

const line = ({ id, at, state, stage, code, bytes, detail }: DeadLetterItem) =>
  `${id}  ${at.slice(0, 19)}Z  ${state.padEnd(9)}  ${stage.padEnd(10)}  ${code}  ${bytes} bytes${detail === '' ? '' : `  ${detail}`}\n`;

async function show(id: string, { original, ...options }: ShowOptions): Promise<void> {
  const letter = await serviceOf(options).call(REVIEW_API.getDeadLetter, { params: { deadLetterId: id } });
  process.stdout.write(original ? Buffer.from(letter.originalData, 'base64') : described(letter));
}

function described(letter: DeadLetterDetail): string {
  const entry = Object.entries(ERRORS).find(([code]) => code === letter.code)?.[1];
  const { transport = '', listener = '', feed = '' } = letter.originalAttributes;
  const rows: readonly (readonly [string, string])[] = [
    ['code', letter.code],
    ['what', entry?.what ?? 'a code of another version'],
    ['place', [`stage ${letter.stage}`, letter.detail].filter(Boolean).join(', ')],
    ['do', entry?.remedy ?? ''],
    ['event', `${letter.originalType} ${letter.originalId} on ${letter.originalTopic}`],
    ['came in', [transport, listener, feed === '' ? '' : `feed ${feed}`].filter(Boolean).join(', ')],
    ['bytes', `${letter.bytes} of ${letter.originalContentType}`],
    ['given up', `${letter.at} after ${letter.attempts} attempts`],
    ['state', [letter.state, letter.changedBy, letter.changedAt].filter(Boolean).join(', ')],
    ['more', `docs/errors.md#${letter.code.toLowerCase()}`],
  ];
  return rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(9)} ${value}\n`)
    .join('');
}

/** Exit code 1 when any of them could not be put back; the others are. */
async function retry(ids: readonly string[], options: RetryOptions, command: Command): Promise<void> {
  const { all, stage, code, ...where } = options;
  if ((all === true) === ids.length > 0) command.error('error: give the ids, or --all');
  const service = serviceOf(where);
  const chosen = [...ids];
  if (all) {
    const filter = { ...(stage === undefined ? {} : { stage }), ...(code === undefined ? {} : { code }) };
    // Collected before the first is put back: each one changes the pages.
    for await (const letter of letters(service, { state: 'open', ...filter })) chosen.push(letter.id);
  }
  let put = 0;
  for (const id of chosen) {
    try {
      const letter = await service.call(REVIEW_API.retryDeadLetter, { params: { deadLetterId: id } });
      process.stdout.write(`${id}  put back on ${letter.originalTopic}\n`);
      put += 1;
    } catch (error) {
      if (!(error instanceof OverreadError) || SAME_FOR_ALL.has(error.code)) throw error;
      process.stdout.write(`${id}  ${error.code}  ${ERRORS[error.code].what}\n`);
      process.exitCode = 1;
    }
  }
  process.stderr.write(`${put} of ${chosen.length} put back\n`);
}
