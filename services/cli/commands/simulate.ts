import { Command } from 'commander';
import { systemClock } from '../../platform/index.js';
import { number, positiveInteger } from '../arguments.js';
import { createProgress } from '../progress.js';
import { createHospital, HOSPITAL_DEFAULTS } from '../simulation/hospital.js';
import type { SimulatedMessage } from '../simulation/messages.js';
import { createRandom } from '../simulation/random.js';
import { interleaved, transmit } from '../simulation/transmit.js';

type SimulateOptions = {
  readonly host: string;
  readonly port: number;
  readonly studies: number;
  readonly rate: number;
  readonly connections: number;
  readonly seed: number;
  readonly significantRate: number;
  readonly outOfOrderRate: number;
  readonly print: boolean;
};

/** Studies in progress at the same time: enough that neighbours in the feed are different patients. */
const OPEN_STUDIES = 20;

export function simulateCommand(): Command {
  return new Command('simulate')
    .description('be a made-up hospital: send drafts, finals, addenda, corrections and resends over MLLP')
    .option('--host <name>', 'receiver', '127.0.0.1')
    .option('--port <number>', 'MLLP port of the receiver', positiveInteger, 2575)
    .option('--studies <number>', 'examinations to send', positiveInteger, 200)
    .option('--rate <number>', 'messages a second', number, 10)
    .option('--connections <number>', 'MLLP connections', positiveInteger, 4)
    .option('--seed <number>', 'the same seed makes the same hospital', positiveInteger, 1)
    .option(
      '--significant-rate <share>',
      'drafts that are wrong, 0 to 1',
      number,
      HOSPITAL_DEFAULTS.significantRate,
    )
    .option('--out-of-order-rate <share>', 'finals before drafts', number, HOSPITAL_DEFAULTS.outOfOrderRate)
    .option('--print', 'write the messages to standard output instead, MLLP-framed', false)
    .addHelpText(
      'after',
      '\nFeeds for it in overread.yaml: match sendingApplication SIM-DRAFTER (sourceKind ai) and SIM-RIS (radiologist).' +
        '\n\nExample:\n  overread simulate --port 2575 --studies 500 --rate 20 --seed 7',
    )
    .action(simulate);
}

async function simulate(options: SimulateOptions): Promise<void> {
  const hospital = createHospital({ ...HOSPITAL_DEFAULTS, ...options, start: systemClock.now() });
  const counts = new Map<string, number>();
  function* studies(): Generator<readonly SimulatedMessage[]> {
    for (let n = 0; n < options.studies; n += 1) {
      const study = hospital.study();
      for (const { what } of study) counts.set(what, (counts.get(what) ?? 0) + 1);
      yield study;
    }
  }
  const random = createRandom(options.seed + 1);
  const messages = interleaved(studies(), OPEN_STUDIES, (below) => random.integer(0, below - 1));
  if (options.print) {
    for (const { hl7 } of messages) process.stdout.write(`\u000b${hl7}\u001c\r`);
    return;
  }
  // Every study has two messages and a few have more.
  const expected = Math.round(options.studies * 2.25);
  const progress = createProgress('sending', expected, process.stderr, Date.now);
  const result = await transmit(messages, {
    target: { host: options.host, port: options.port, timeoutMs: 30_000 },
    connections: options.connections,
    rate: options.rate,
    clock: systemClock,
    onSent: (sent) => progress.advance(sent),
  });
  progress.end();
  const kinds = [...counts].map(([what, n]) => `${n} ${what}`).join(', ');
  const answers = [...result.acknowledged].map(([code, n]) => `${code} ${n}`).join(', ');
  process.stdout.write(
    `${options.studies} studies, ${result.sent} messages in ${result.seconds.toFixed(1)} s: ${kinds}\nanswers: ${answers}\n`,
  );
}
