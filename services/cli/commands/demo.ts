import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { Config, ServiceRole } from '../../../contracts/index.js';
import { startOverread } from '../../main.js';
import { createLogger, loadSecrets, systemClock } from '../../platform/index.js';
import { number, positiveInteger } from '../arguments.js';
import { createHospital, HOSPITAL_DEFAULTS } from '../simulation/hospital.js';
import type { SimulatedMessage } from '../simulation/messages.js';
import { createRandom } from '../simulation/random.js';
import { interleaved, transmit } from '../simulation/transmit.js';

type DemoOptions = { readonly rate: number; readonly seed: number; readonly significantRate: number };

const OPEN_STUDIES = 10;
const MORNING_STUDIES = 60;

export function demoCommand(): Command {
  return new Command('demo')
    .description('the whole service in a throw-away folder with a made-up hospital before it')
    .option('--rate <number>', 'messages a second of the morning', number, 20)
    .option('--seed <number>', 'the same seed makes the same hospital', positiveInteger, 1)
    .option('--significant-rate <share>', 'drafts that are wrong, far more than in real life', number, 0.2)
    .addHelpText('after', '\nExample:\n  overread demo --seed 7')
    .action(demo);
}

/** The usual port, or a free one where something else has it. */
function freePort(usual: number): Promise<number> {
  const ask = (port: number) =>
    new Promise<number | null>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(null));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
      });
    });
  return ask(usual).then(async (port) => port ?? (await ask(0)) ?? 0);
}

async function demonstrationConfig(dataDir: string): Promise<Config> {
  const [pages, operations] = [await freePort(8080), await freePort(9464)];
  return Config.parse({
    dataDir,
    pages: { port: pages, publicUrl: `http://127.0.0.1:${pages}` },
    operations: { port: operations },
    logging: { level: 'warn' },
    gateway: { mllp: [{ name: 'demonstration', port: await freePort(2575) }] },
    feeds: [
      {
        name: 'drafts',
        site: 'made-up-hospital',
        match: { sendingApplication: 'SIM-DRAFTER' },
        sourceKind: 'ai',
      },
      {
        name: 'ris',
        site: 'made-up-hospital',
        match: { sendingApplication: 'SIM-RIS' },
        sourceKind: 'radiologist',
      },
    ],
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Ends with SIGINT or SIGTERM; the folder is removed then. */
async function demo(options: DemoOptions): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overread-demonstration-'));
  const config = await demonstrationConfig(dataDir);
  say('Overread DEMONSTRATION: everything is made up, and the folder it lives in is removed at the end.');
  say('Starting (the embedded database needs a few seconds the first time) …');
  const overread = await startOverread({
    config,
    secrets: loadSecrets(config, {}),
    roles: ServiceRole.options,
    logger: createLogger(config.logging),
    clock: systemClock,
  });
  const { pages, operations, mllp } = overread.ports();
  say(`\n  pages     http://127.0.0.1:${pages}/`);
  say(`  metrics   http://127.0.0.1:${operations}/metrics`);
  say(
    `  HL7       mllp://127.0.0.1:${mllp.demonstration}  (try: overread send --port ${mllp.demonstration} FILE)\n`,
  );

  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  await morning(options, mllp.demonstration ?? 0, ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  say('Stopping …');
  await overread.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** A busy hour at once, so that the page has something to show, then a report every few seconds. */
async function morning(options: DemoOptions, port: number, signal: AbortSignal): Promise<void> {
  const hospital = createHospital({ ...HOSPITAL_DEFAULTS, ...options, start: systemClock.now() });
  const random = createRandom(options.seed + 1);
  const mixed = (studies: number) => {
    function* next(): Generator<readonly SimulatedMessage[]> {
      for (let n = 0; n < studies; n += 1) yield hospital.study();
    }
    return interleaved(next(), OPEN_STUDIES, (below) => random.integer(0, below - 1));
  };
  const common = { target: { host: '127.0.0.1', port, timeoutMs: 30_000 }, clock: systemClock, signal };
  say('A simulated morning arrives over MLLP …');
  const sent = await transmit(mixed(MORNING_STUDIES), { ...common, connections: 4, rate: options.rate });
  say(
    `${sent.sent} messages acknowledged. From now on one every few seconds; Ctrl-C ends the demonstration.`,
  );
  await transmit(mixed(Number.POSITIVE_INFINITY), { ...common, connections: 1, rate: 0.4 });
}
