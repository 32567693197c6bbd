import { createReadStream, readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ClinicalContext, type MetricInput, OverreadError, ScoringConfig } from '../../../contracts/index.js';
import { createLogger, errorCode } from '../../platform/index.js';
import { createScorer } from '../../scoring/index.js';
import { endOnClosedPipe } from '../output.js';
import { answerOf } from '../score/answer.js';
import { scoreLines } from '../score/jsonl.js';
import { describeScore, type Look } from '../score/terminal.js';

type ScoreOptions = {
  readonly json?: true;
  readonly jsonl?: string;
  readonly workers: number;
  readonly modality?: string;
  readonly exam?: string;
  readonly age?: number;
  readonly sex?: 'F' | 'M' | 'O';
  readonly indication?: string;
};

const WINDOW_FOR_EACH_WORKER = 8;
const DEFAULT_WIDTH = 100;

const EXAMPLES = `
Examples:
  overread score draft.txt final.txt --modality CR --age 64 --indication "cough"
  overread score --jsonl pairs.jsonl > scores.jsonl

A line of --jsonl: {"id","draft","final","modality"?,"exam"?,"context"?:{"age","sex","indication"}}
Exit code: 0 scored or unscorable, 1 a file or a line could not be read.`;

export function scoreCommand(): Command {
  return new Command('score')
    .description('name what differs between a draft and a final report; needs no running service')
    .argument('[draft]', 'text file of the draft')
    .argument('[final]', 'text file of the final report')
    .addOption(new Option('--json', 'JSON instead of text'))
    .addOption(
      new Option('--jsonl <file>', 'score pairs, one JSON object a line; - is standard input').conflicts(
        'json',
      ),
    )
    .addOption(new Option('--workers <n>', 'worker threads').default(1).argParser(wholeNumber(1, 64)))
    .addOption(new Option('--modality <code>', 'DICOM modality code, e.g. CR'))
    .addOption(new Option('--exam <text>', 'description of the examination'))
    .addOption(new Option('--age <years>', 'age of the patient').argParser(wholeNumber(0, 130)))
    .addOption(new Option('--sex <sex>', 'sex of the patient').choices(['F', 'M', 'O']))
    .addOption(new Option('--indication <text>', 'why the examination was asked for'))
    .addHelpText('after', EXAMPLES)
    .action(score);
}

const wholeNumber = (min: number, max: number) => (value: string) => {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < min || number > max) {
    throw new InvalidArgumentError(`a whole number from ${min} to ${max}`);
  }
  return number;
};

async function score(
  draft: string | undefined,
  final: string | undefined,
  options: ScoreOptions,
  command: Command,
) {
  const files = [draft, final].filter((file) => file !== undefined);
  if (options.jsonl === undefined ? files.length !== 2 : files.length !== 0) {
    command.error('error: give two files, DRAFT and FINAL, or --jsonl FILE');
  }
  const pair = options.jsonl === undefined ? readPair(draft ?? '', final ?? '', options) : null;
  endOnClosedPipe();
  const config = ScoringConfig.parse({ workers: options.workers });
  const scorer = createScorer({ config, logger: createLogger({ level: 'error' }, process.stderr) });
  await scorer.start();
  try {
    if (pair === null) {
      const bad = await scoreLines({
        input: openInput(options.jsonl ?? '-'),
        output: process.stdout,
        score: scorer.score,
        window: options.workers * WINDOW_FOR_EACH_WORKER,
      });
      if (bad > 0) process.exitCode = 1;
    } else {
      const result = await scorer.score(pair);
      const text = options.json
        ? `${JSON.stringify(answerOf(result), null, 2)}\n`
        : describeScore(pair, result, look());
      process.stdout.write(text);
    }
  } finally {
    await scorer.stop();
  }
}

function readPair(draft: string, final: string, options: ScoreOptions): MetricInput {
  const { modality = null, exam = null, age = null, sex = null, indication = null } = options;
  const context = ClinicalContext.parse({ age, sex, indication });
  return { draft: readText(draft), final: readText(final), modality, exam, context };
}

/** A byte order mark is no part of a report. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* openInput(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* path === '-' ? process.stdin : createReadStream(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

const unreadable = (path: string, cause: unknown) =>
  new OverreadError('OVR_SCORE_INPUT_UNREADABLE', `${path} ${errorCode(cause)}`.trim(), { cause });

/** https://no-color.org: any value that is not empty turns colour off. */
function look(): Look {
  const { NO_COLOR, COLUMNS } = process.env;
  const columns = process.stdout.columns ?? Number(COLUMNS);
  return {
    width: Number.isInteger(columns) && columns > 0 ? columns : DEFAULT_WIDTH,
    colour: process.stdout.isTTY === true && (NO_COLOR ?? '') === '',
  };
}
