import { OverreadError, type Topic } from '../../../contracts/index.js';
import type { Clock } from '../clock.js';
import { isTransient } from '../database/types.js';
import { errorCode } from '../error-code.js';
import type { Logger } from '../logger.js';
import type { BusInstruments } from './instruments.js';
import { deadLetterOf, isDeadLetter, isEvent, type Letter, type SealedEvent } from './letter.js';
import { type BusTuning, backoffMs } from './tuning.js';
import type { Handler, IncomingEvent } from './types.js';

export type DeliveryDeps = {
  readonly group: string;
  readonly handle: Handler;
  /** Writes dead letters; durable when it resolves. */
  readonly publish: (events: readonly SealedEvent[]) => Promise<void>;
  readonly clock: Clock;
  readonly tuning: BusTuning;
  readonly logger: Logger;
  readonly instruments: BusInstruments;
  /** Aborted when the consumer stops: waits end, the running handler does not. */
  readonly stopping: AbortSignal;
};

/** Whether database or brokers are away: not the event's fault, so it is waited out and never counted. */
export function isOutage(error: unknown): boolean {
  return isTransient(error) || errorCode(error) === 'OVR_BUS_UNAVAILABLE';
}

export type Delivery = {
  /** Handles events of one partition in order. True: all are done for good. False: stopping came first. */
  deliver(letters: readonly Letter[]): Promise<boolean>;
  /** Repeats `work` while its failures are outages. False: stopping came first. */
  untilUp(work: () => Promise<void>): Promise<boolean>;
  /** Code of the outage that is being waited out, or null. */
  outage(): string | null;
};

/** What both engines promise about a handler: see `Handler`. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { group, clock, tuning, logger, instruments, stopping } = deps;
  const outages = new Set<{ code: string }>();

  async function untilUp(work: () => Promise<void>, judge = isOutage): Promise<boolean> {
    const mine = { code: '' };
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await work();
          return true;
        } catch (error) {
          if (!judge(error)) throw error;
          if (attempt === 1) logger.warn({ group, err: error }, 'waiting for the database or the bus');
          mine.code = errorCode(error) || 'connection lost';
          outages.add(mine);
        }
        if (stopping.aborted) return false;
        await clock.sleep(backoffMs(attempt, tuning), stopping);
        if (stopping.aborted) return false;
      }
    } finally {
      outages.delete(mine);
    }
  }

  async function handle(topic: Topic, events: readonly IncomingEvent[]): Promise<void> {
    const stop = instruments.handling(group, topic);
    try {
      await deps.handle(events);
      instruments.handled(group, topic, events.length);
    } catch (error) {
      instruments.failed(group, topic);
      throw error;
    } finally {
      stop();
    }
  }

  async function bury(letter: Letter, error: unknown, attempts: number): Promise<boolean> {
    const dead = deadLetterOf(letter, error, attempts, group);
    const code = dead.attributes.code ?? '';
    // Whatever keeps a dead letter from being written is waited out: going on would lose the event.
    const written =
      isDeadLetter(letter) ||
      (await untilUp(
        () => deps.publish([dead]),
        () => true,
      ));
    if (!written) return false;
    logger.error(
      { group, topic: letter.topic, position: letter.position, code, attempts, err: error },
      'dead letter',
    );
    instruments.buried(group, code);
    instruments.handled(group, letter.topic, 1);
    return true;
  }

  async function one(letter: Letter): Promise<boolean> {
    if (!isEvent(letter)) return bury(letter, new OverreadError('OVR_EVENT_MALFORMED', 'unknown type'), 0);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await untilUp(() => handle(letter.topic, [letter]));
      } catch (error) {
        const forGood = error instanceof OverreadError && !error.retry;
        if (forGood || attempt >= tuning.attempts) return bury(letter, error, attempt);
        const code = errorCode(error);
        logger.warn({ group, topic: letter.topic, position: letter.position, code, attempt }, 'trying again');
      }
      await clock.sleep(backoffMs(attempt, tuning), stopping);
      if (stopping.aborted) return false;
    }
  }

  return {
    untilUp: (work) => untilUp(work),
    outage: () => [...outages][0]?.code ?? null,
    async deliver(letters) {
      const [first] = letters;
      if (first === undefined) return true;
      const events = letters.filter(isEvent);
      if (events.length > 1 && events.length === letters.length) {
        try {
          return await untilUp(() => handle(first.topic, events));
        } catch {
          logger.info({ group, topic: first.topic, events: events.length }, 'a batch failed, now one by one');
        }
      }
      for (const letter of letters) {
        if (!(await one(letter))) return false;
      }
      return true;
    },
  };
}
