import { type FeedConfig, type GatewayConfig, OverreadError } from '../../../contracts/index.js';
import { type Clock, errorCode } from '../../platform/index.js';
import { createDrain, type Publish } from './drain.js';
import { createFolder } from './folder/index.js';
import { createIntake, type Intake } from './intake.js';
import type { Meter } from './metrics.js';
import { createListener } from './mllp/listener.js';
import type { Report } from './report.js';
import { createSeen } from './seen.js';
import { type Disk, openSpool, type Spool } from './spool/index.js';
import type { Accept } from './types.js';

export type EngineDeps = {
  readonly config: Pick<GatewayConfig, 'spool' | 'mllp' | 'folders'>;
  readonly feeds: readonly FeedConfig[];
  readonly spoolFolder: string;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly report: Report;
  readonly disk?: Disk;
};

/** `detail` names what does not work now, '' where all does; `storing` false means senders are refused. */
export type EngineState = { readonly storing: boolean; readonly detail: string };

/** All that runs on the gateway's thread: spool, intake, MLLP listeners, folders, drain. */
export type Engine = {
  /** Throws the errors of the spool and of the listeners; nothing is left running then. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly accept: Accept;
  readonly refuse: Intake['refuse'];
  ports(): Readonly<Record<string, number>>;
  state(): EngineState;
};

const FIGURES_EVERY_MS = 500;
const SWEEP_EVERY_MS = 60_000;

type Running = {
  readonly spool: Spool;
  readonly intake: Intake;
  stop(): Promise<void>;
  state(): EngineState;
};
type Stopping = { stop(): Promise<void> };

export function createEngine(deps: EngineDeps): Engine {
  const { config, feeds, clock, meter, report } = deps;
  const listeners: { readonly name: string; port(): number }[] = [];
  let running: Running | null = null;

  const measure = (spool: Spool) => {
    const { bytes, depth, oldestAt } = spool.figures();
    const age = oldestAt === null ? 0 : (clock.now().getTime() - oldestAt.getTime()) / 1000;
    meter.set('overread_spool_bytes', {}, bytes);
    meter.set('overread_spool_records', {}, depth);
    meter.set('overread_spool_oldest_seconds', {}, age);
  };

  const start = async (): Promise<Running> => {
    /** In the order of starting; stopped in reverse. */
    const started: Stopping[] = [];
    const stop = async () => {
      for (const part of started.splice(0).reverse()) await part.stop();
    };
    try {
      const seen = createSeen();
      const spool = await openSpool({
        folder: deps.spoolFolder,
        config: config.spool,
        clock,
        report,
        ...(deps.disk === undefined ? {} : { disk: deps.disk }),
        remember: ({ meta }) => seen.add(meta.id, meta.onceKey, Promise.resolve()),
      });
      started.push({ stop: () => spool.close() });
      const timers = [
        setInterval(() => measure(spool), FIGURES_EVERY_MS),
        setInterval(() => {
          spool.sweep().catch((error: unknown) => {
            report('warn', 'old segments could not be dropped', { code: errorCode(error) });
          });
        }, SWEEP_EVERY_MS),
      ];
      started.push({ stop: async () => timers.forEach(clearInterval) });
      const intake = createIntake({ feeds, spool, seen, clock, meter });
      const drain = createDrain({ spool, publish: deps.publish, clock, meter, report });
      drain.start();
      started.push(drain);
      for (const { name } of feeds) {
        meter.set('overread_feed_last_received_timestamp_seconds', { feed: name }, 0);
      }
      for (const listener of config.mllp) {
        // From zero on, so that a rate sees the first refusal.
        for (const code of ['AA', 'AE', 'AR']) {
          meter.count('overread_acks_total', { listener: listener.name, code }, 0);
        }
        const opened = createListener({ config: listener, intake, clock, meter, report });
        await opened.start();
        started.push(opened);
        listeners.push({ name: listener.name, port: () => opened.port() });
      }
      const folders = config.folders.map((folder) =>
        createFolder({ config: folder, intake, clock, meter, report }),
      );
      for (const folder of folders) {
        folder.start();
        started.push(folder);
      }
      const state = (): EngineState => {
        const { failure } = spool.figures();
        const details = [failure, drain.failing(), ...folders.map((folder) => folder.failure())];
        return { storing: failure === '', detail: details.filter((one) => one !== '').join(' ') };
      };
      return { spool, intake, stop, state };
    } catch (error) {
      await stop();
      throw error;
    }
  };

  const intake = (): Intake => {
    if (running === null) throw new OverreadError('OVR_GATEWAY_UNAVAILABLE');
    return running.intake;
  };

  return {
    async start() {
      running = await start();
    },
    async stop() {
      const ending = running;
      running = null;
      await ending?.stop();
    },
    accept: async (submission) => intake().accept(submission),
    refuse: async (refused) => intake().refuse(refused),
    ports: () => Object.fromEntries(listeners.map(({ name, port }) => [name, port()])),
    state: () => running?.state() ?? { storing: false, detail: 'OVR_GATEWAY_UNAVAILABLE' },
  };
}
