import { randomUUID } from 'node:crypto';
import { OverreadError, type ReplayRequest, type ReplayStatus, TOPICS } from '../../contracts/index.js';
import { recordAudit } from '../ledger/index.js';
import { deterministicId, errorCode, type IncomingEvent, type OutgoingEvent } from '../platform/index.js';
import type { ReviewDeps } from './deps.js';

/** Enough to keep the bus busy, few enough that 8 MB messages fit in memory. */
const BATCH = 20;

export type Replay = {
  /** Returns at once; one at a time, else OVR_REPLAY_RUNNING. */
  begin(request: ReplayRequest, actor: string): Promise<ReplayStatus>;
  /** The latest, running or ended; null before the first. */
  status(): ReplayStatus | null;
  /** Ends a running replay after the batch in hand. */
  stop(): Promise<void>;
};

function wanted(event: IncomingEvent, { since, until, feed }: ReplayRequest): boolean {
  const at = event.time.getTime();
  return (
    at >= Date.parse(since) &&
    (until === undefined || at <= Date.parse(until)) &&
    (feed === undefined || event.attributes.feed === feed)
  );
}

function quietCopy(event: IncomingEvent, replayId: string): OutgoingEvent {
  return {
    type: event.type,
    key: event.key,
    id: deterministicId('replay', replayId, event.id),
    data: event.data,
    contentType: event.contentType,
    attributes: { ...event.attributes, quiet: '1' },
  };
}

/**
 * Publishes messages the bus still holds once more, marked quiet: every stage works on them again, and what has not
 * changed is recognised by its id and adds nothing.
 */
export function createReplay({
  bus,
  database,
  clock,
  logger,
}: Pick<ReviewDeps, 'bus' | 'database' | 'clock' | 'logger'>): Replay {
  let latest: ReplayStatus | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopping = false;

  async function republish(replay: ReplayStatus): Promise<'done' | 'stopped'> {
    let batch: OutgoingEvent[] = [];
    const flush = async () => {
      await bus.publish(batch);
      replay.republished += batch.length;
      batch = [];
    };
    for await (const event of bus.scan(TOPICS.hl7, { since: new Date(replay.request.since) })) {
      if (stopping) return 'stopped';
      if (!wanted(event, replay.request)) continue;
      batch.push(quietCopy(event, replay.id));
      if (batch.length >= BATCH) await flush();
    }
    if (batch.length > 0) await flush();
    return 'done';
  }

  async function run(replay: ReplayStatus, actor: string): Promise<void> {
    try {
      replay.state = await republish(replay);
    } catch (error) {
      replay.state = 'failed';
      replay.code = error instanceof OverreadError ? error.code : errorCode(error) || 'OVR_REQUEST_FAILED';
      logger.error({ err: error, id: replay.id }, 'replay failed');
    }
    const at = clock.now();
    replay.endedAt = at.toISOString();
    const detail = { state: replay.state, republished: replay.republished };
    await recordAudit(database, { at, actor, action: 'replay.ended', subject: replay.id, detail });
    logger.info({ id: replay.id, ...detail }, 'replay ended');
  }

  return {
    async begin(request, actor) {
      if (latest?.state === 'running') throw new OverreadError('OVR_REPLAY_RUNNING');
      const at = clock.now();
      const replay: ReplayStatus = {
        id: `replay_${randomUUID()}`,
        state: 'running',
        request,
        startedAt: at.toISOString(),
        endedAt: null,
        republished: 0,
        code: null,
      };
      latest = replay;
      const { since, until = null, feed = null } = request;
      try {
        await recordAudit(database, {
          at,
          actor,
          action: 'replay.started',
          subject: replay.id,
          detail: { since, until, feed },
        });
      } catch (error) {
        latest = null;
        throw error;
      }
      running = run(replay, actor).catch((error: unknown) =>
        logger.error({ err: error, id: replay.id }, 'the end of a replay could not be recorded'),
      );
      return { ...replay };
    },
    status: () => (latest === null ? null : { ...latest }),
    async stop() {
      stopping = true;
      await running;
    },
  };
}
