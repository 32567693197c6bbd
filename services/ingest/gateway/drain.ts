import { OverreadError } from '../../../contracts/index.js';
import { type Clock, errorCode, type OutgoingEvent } from '../../platform/index.js';
import { eventOf, refusedByBus } from './event.js';
import type { Meter } from './metrics.js';
import type { Report } from './report.js';
import type { Spool } from './spool/index.js';

/** Durable on the bus when it resolves. */
export type Publish = (events: readonly OutgoingEvent[]) => Promise<void>;

export type DrainDeps = {
  readonly spool: Pick<Spool, 'next' | 'advance'>;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly report: Report;
};

/** Bytes below the message limit every Kafka has by default, so that a batch of small ones fits one request. */
const BATCH = { records: 500, bytes: 1_000_000 };
const BACKOFF_MS = { first: 100, most: 5_000 };
const HEAD_BYTES = 65_536;
/** Pause behind a batch that was not full: the next is larger, and acknowledgements keep the thread. */
const LINGER_MS = 20;
/** At the end the batch under way gets this long; what it does not reach comes again at the next start. */
const LAST_BATCH_MS = 5_000;

const isFinal = (error: unknown) => error instanceof OverreadError && !error.retry;

/** Hands the spool to the bus, oldest first, one batch after the other; the cursor moves only behind a published one. */
export function createDrain({ spool, publish, clock, meter, report }: DrainDeps) {
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  let failing = '';

  /** One event the bus refuses for good must not hold up those behind it: it is kept as a dead letter. */
  const publishSingly = async (events: readonly OutgoingEvent[]) => {
    for (const event of events) {
      try {
        await publish([event]);
      } catch (error) {
        if (!isFinal(error)) throw error;
        report('error', 'the bus refused a message for good', { code: errorCode(error), id: event.id });
        await publish([refusedByBus(event, errorCode(error), HEAD_BYTES)]);
      }
    }
  };

  const publishAll = async (events: readonly OutgoingEvent[]) => {
    try {
      await publish(events);
    } catch (error) {
      if (!isFinal(error)) throw error;
      await publishSingly(events);
    }
  };

  const run = async () => {
    let backoff = BACKOFF_MS.first;
    while (!stopping.signal.aborted) {
      const records = await spool.next(BATCH, stopping.signal);
      if (records.length === 0) continue;
      try {
        await publishAll(records.map(eventOf));
        spool.advance();
        meter.count('overread_spool_drained_total', {}, records.length);
        if (failing !== '') report('info', 'the bus takes messages again', {});
        failing = '';
        backoff = BACKOFF_MS.first;
        if (records.length < BATCH.records / 2) await clock.sleep(LINGER_MS, stopping.signal);
      } catch (error) {
        const code = errorCode(error) || 'unknown';
        if (failing !== code) report('warn', 'the bus takes nothing: messages wait in the spool', { code });
        failing = code;
        await clock.sleep(backoff, stopping.signal);
        backoff = Math.min(backoff * 2, BACKOFF_MS.most);
      }
    }
  };

  return {
    start() {
      loop = run();
      loop.catch((error: unknown) => {
        failing = errorCode(error) || 'unknown';
        report('error', 'draining the spool failed', { code: failing });
      });
    },
    async stop() {
      stopping.abort();
      const enough = new AbortController();
      await Promise.race([loop.catch(() => {}), clock.sleep(LAST_BATCH_MS, enough.signal)]);
      enough.abort();
    },
    /** Code of what the bus answers now, '' while it takes messages. */
    failing: () => failing,
  };
}
