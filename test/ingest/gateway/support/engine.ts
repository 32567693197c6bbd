import { afterEach } from '@jest/globals';
import { FeedConfig, FolderConfig, MllpListenerConfig, SpoolConfig } from '../../../../contracts/index.js';
import { createEngine, type Engine } from '../../../../services/ingest/gateway/engine.js';
import { createCollectingMeter, type Recording } from '../../../../services/ingest/gateway/metrics.js';
import type { Disk } from '../../../../services/ingest/gateway/spool/index.js';
import { type Clock, type OutgoingEvent, systemClock } from '../../../../services/platform/index.js';
import { temporaryFolder } from '../../../support/temporary.js';
import { createRecordingBus, type RecordingBus } from './recording-bus.js';
import { rawSender, type Sender } from './sender.js';

type Overrides = {
  readonly listener?: Partial<Parameters<typeof MllpListenerConfig.parse>[0] & object>;
  readonly spool?: object;
  readonly folders?: readonly object[];
  readonly feeds?: readonly object[];
  readonly disk?: Disk;
  readonly clock?: Clock;
  readonly spoolFolder?: string;
  readonly bus?: RecordingBus;
};

export type Running = {
  readonly engine: Engine;
  readonly bus: RecordingBus;
  readonly spoolFolder: string;
  readonly port: number;
  readonly reports: { level: string; message: string; fields: object }[];
  /** Sum of a counter over the series whose labels hold these. */
  counted(name: string, labels?: Readonly<Record<string, string>>): number;
  /** Events of messages (not of dead letters) on the bus. */
  messages(): OutgoingEvent[];
  deadLetters(): OutgoingEvent[];
  connect(): Promise<Sender>;
};

const running: { stop(): Promise<void> }[] = [];
const senders: Sender[] = [];
afterEach(async () => {
  for (const sender of senders.splice(0)) sender.end();
  for (const engine of running.splice(0)) await engine.stop();
});

/** The gateway's engine on this thread, with one MLLP listener on a free port, ended with the test. */
export async function startEngine(overrides: Overrides = {}): Promise<Running> {
  const meter = createCollectingMeter();
  const bus = overrides.bus ?? createRecordingBus();
  const reports: Running['reports'] = [];
  const spoolFolder = overrides.spoolFolder ?? (await temporaryFolder());
  const engine = createEngine({
    config: {
      spool: SpoolConfig.parse(overrides.spool ?? {}),
      mllp: [MllpListenerConfig.parse({ name: 'main', port: 0, ...overrides.listener })],
      folders: (overrides.folders ?? []).map((folder) => FolderConfig.parse(folder)),
    },
    feeds: (
      overrides.feeds ?? [{ name: 'made-up', site: 'north', match: { sendingApplication: 'MADEUP' } }]
    ).map((feed) => FeedConfig.parse(feed)),
    spoolFolder,
    publish: (events) => bus.publish(events),
    clock: overrides.clock ?? systemClock,
    meter,
    report: (level, message, fields) => reports.push({ level, message, fields }),
    ...(overrides.disk === undefined ? {} : { disk: overrides.disk }),
  });
  running.push(engine);
  await engine.start();
  const recordings: Recording[] = [];
  const of = (type: string) => bus.published.filter((event) => event.type === type);
  return {
    engine,
    bus,
    spoolFolder,
    reports,
    port: engine.ports().main ?? 0,
    counted(name, labels = {}) {
      recordings.push(...meter.take());
      return recordings
        .filter((r) => r.name === name && Object.entries(labels).every(([k, v]) => r.labels[k] === v))
        .reduce((sum, r) => sum + r.value, 0);
    },
    messages: () => of('overread.message.received'),
    deadLetters: () => of('overread.dead-letter.recorded'),
    async connect() {
      const sender = await rawSender(engine.ports().main ?? 0);
      senders.push(sender);
      return sender;
    },
  };
}
