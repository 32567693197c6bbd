import type {
  IdentifierCorrection,
  Pair,
  PairingConfig,
  PairState,
  PatientMerge,
  ReportVersion,
} from '../../contracts/index.js';
import { PairingConfig as Pairing } from '../../contracts/index.js';
import { createPairing } from '../../services/pairing/index.js';
import {
  type Clock,
  createLogger,
  createMetrics,
  type Database,
  deterministicId,
  type IncomingEvent,
  jsonEvent,
  type Metrics,
  type Service,
} from '../../services/platform/index.js';
import { createMemoryBus, incoming, type MemoryBus } from './memory-bus.js';
import { MORNING } from './report-versions.js';

/** A clock that stands still until it is moved. */
export function movableClock(start = MORNING): Clock & { move(ms: number): void } {
  let now = start;
  return {
    now: () => new Date(now),
    sleep: (_ms, signal) => new Promise((done) => signal?.addEventListener('abort', () => done())),
    move(ms) {
      now += ms;
    },
  };
}

export type PairingUnderTest = {
  readonly service: Service;
  readonly bus: MemoryBus;
  readonly metrics: Metrics;
  readonly clock: ReturnType<typeof movableClock>;
  /** Events come in as one batch. */
  receive(...events: readonly IncomingEvent[]): Promise<void>;
  ready(): Promise<readonly Pair[]>;
  states(): Promise<readonly PairState[]>;
};

export async function startPairing(
  database: Database,
  config: Partial<PairingConfig> = {},
): Promise<PairingUnderTest> {
  const bus = await createMemoryBus(database);
  const clock = movableClock();
  const metrics = createMetrics();
  const service = createPairing({
    config: { ...Pairing.parse({}), ...config },
    database,
    bus,
    metrics,
    logger: createLogger({ level: 'error' }),
    clock,
  });
  const of = async <T>(type: string) =>
    (await bus.appended()).filter((event) => event.type === type).map((event) => event.data as T);
  return {
    service,
    bus,
    metrics,
    clock,
    receive: (...events) => bus.deliver(events),
    ready: () => of<Pair>('overread.pair.ready'),
    states: () => of<PairState>('overread.pair.state'),
  };
}

export function reportEvent(
  version: ReportVersion,
  { quiet = false, at = version.times.received }: { quiet?: boolean; at?: string } = {},
): IncomingEvent {
  const id = deterministicId('event', version.id, version.messageId, version.normaliser);
  const event = jsonEvent('overread.report.received', version.site, id, version, {
    quiet: quiet ? '1' : '0',
  });
  return incoming(event, new Date(at));
}

export function mergeEvent(retired: string, surviving: string, received: string): IncomingEvent {
  const merge: PatientMerge = {
    id: deterministicId('merge', retired, surviving),
    site: 'north',
    feed: 'adt',
    messageId: 'm',
    surviving: [surviving],
    retired: [retired],
    received,
  };
  return incoming(jsonEvent('overread.patient.merged', 'north', merge.id, merge), new Date(received));
}

export function correctionEvent(
  from: IdentifierCorrection['from'],
  to: IdentifierCorrection['to'],
  received: string,
): IncomingEvent {
  const id = deterministicId('correction', JSON.stringify([from, to]));
  const correction: IdentifierCorrection = {
    id,
    site: 'north',
    feed: 'ris',
    messageId: 'm',
    from,
    to,
    received,
  };
  return incoming(jsonEvent('overread.identifier.corrected', 'north', id, correction), new Date(received));
}
