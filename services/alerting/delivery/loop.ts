import type { AlertingConfig } from '../../../contracts/index.js';
import { type ClaimedDelivery, claimDeliveries, gatherDigest, settleDelivery } from '../../ledger/index.js';
import type { Clock, Database, Logger } from '../../platform/index.js';
import type { AlertingMetrics } from '../metrics.js';
import { settlementOf } from './backoff.js';
import type { Channel } from './channel.js';
import { noticeOf } from './notice.js';

export type LoopDeps = {
  readonly channel: Channel;
  readonly config: AlertingConfig;
  readonly database: Database;
  readonly metrics: AlertingMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
};

export type DeliveryLoop = {
  start(): void;
  /** Something may be due: look at once. */
  nudge(): void;
  /** Resolves when the attempts in flight are settled. */
  stop(): Promise<void>;
};

const POLL_MS = 1_000;
const AFTER_TROUBLE_MS = 5_000;
/** Of different studies, so that order is kept. */
const ATTEMPTS_AT_ONCE = 8;
/** Beyond the longest attempt: settling it may wait for the database. */
const CLAIM_MARGIN_MS = 30_000;

const OUTCOMES = { delivered: 'delivered', pending: 'retried', failed: 'failed' } as const;

/** Delivers what one channel has due; each channel has its own loop, so that a slow one holds up no other. */
export function createDeliveryLoop(deps: LoopDeps): DeliveryLoop {
  const { channel, config, database, metrics, logger, clock, random } = deps;
  let stopping = false;
  let nudged = false;
  let idle = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function attempt(claimed: ClaimedDelivery): Promise<void> {
    const result = await channel.send({ id: claimed.id, notice: noticeOf(claimed, clock.now()) });
    const now = clock.now();
    const settlement = settlementOf(result, claimed.attempts, config.delivery, now, random());
    await settleDelivery(database, claimed, settlement);
    metrics.attempted(channel.name, OUTCOMES[settlement.state]);
    if (settlement.state === 'delivered') {
      metrics.delivered(channel.name, (now.getTime() - claimed.createdAt.getTime()) / 1000);
      return;
    }
    const details = {
      channel: channel.name,
      delivery: claimed.id,
      attempts: claimed.attempts,
      reason: settlement.error,
    };
    if (settlement.state === 'failed') {
      logger.error({ code: 'OVR_DELIVERY_FAILED', ...details }, 'a delivery was given up');
    } else {
      logger.warn(details, 'a delivery will be tried again');
    }
  }

  /** How many were attempted. */
  async function pass(): Promise<number> {
    const now = clock.now();
    const digestDue = new Date(now.getTime() - config.digestEveryMinutes * 60_000);
    await gatherDigest(database, channel.name, digestDue, now);
    const claimed = await claimDeliveries(database, {
      channel: channel.name,
      now,
      until: new Date(now.getTime() + channel.longestMs + CLAIM_MARGIN_MS),
      limit: ATTEMPTS_AT_ONCE,
    });
    const settled = await Promise.allSettled(claimed.map(attempt));
    const failure = settled.find((s) => s.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    return claimed.length;
  }

  async function rest(ms: number): Promise<void> {
    if (stopping || nudged) return;
    idle = new AbortController();
    await clock.sleep(ms, idle.signal);
  }

  async function run(): Promise<void> {
    while (!stopping) {
      nudged = false;
      try {
        if ((await pass()) === 0) await rest(POLL_MS);
      } catch (error) {
        // The claim ends by itself, so nothing is lost: the same deliveries come due again.
        logger.warn({ err: error, channel: channel.name }, 'deliveries could not be read or settled');
        nudged = false;
        await rest(AFTER_TROUBLE_MS);
      }
    }
  }

  return {
    start() {
      running = run();
    },
    nudge() {
      nudged = true;
      idle.abort();
    },
    async stop() {
      stopping = true;
      idle.abort();
      await running;
      channel.close();
    },
  };
}
