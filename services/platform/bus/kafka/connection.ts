import type { Admin } from 'kafkajs';
import type { Clock } from '../../clock.js';
import type { Logger } from '../../logger.js';
import { backoffMs } from '../tuning.js';
import { asOverread } from './failure.js';
import type { Sender } from './sender.js';
import { ensureTopics, type KafkaConfig } from './topics.js';

export type Connection = {
  /** Resolves after the first try, whatever came of it; the others go on behind. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the topics exist; never, where the connection is stopped before. */
  ready(): Promise<void>;
  /** What keeps it from being ready, or null. */
  trouble(): string | null;
};

const WAIT = { firstBackoffMs: 200, maxBackoffMs: 10_000 };

/** Connects to the brokers and makes the topics, as long as it takes: the gateway must come up while Kafka is down. */
export function createConnection(
  admin: Admin,
  sender: Sender,
  { config, clock, logger }: { config: KafkaConfig; clock: Clock; logger: Logger },
): Connection {
  const stopping = new AbortController();
  let announce: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    announce = resolve;
  });
  let trouble: string | null = 'not started';
  let loop: Promise<void> | undefined;

  async function once(): Promise<boolean> {
    try {
      await admin.connect();
      await ensureTopics(admin, config, { logger, clock });
      await sender.connect();
      trouble = null;
      announce();
      return true;
    } catch (error) {
      trouble = asOverread(error).detail || 'connecting';
      logger.warn({ reason: trouble, err: error }, 'Kafka does not answer');
      return false;
    }
  }

  async function untilUp(): Promise<void> {
    for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
      await clock.sleep(backoffMs(attempt, WAIT), stopping.signal);
      if (stopping.signal.aborted || (await once())) return;
    }
  }

  return {
    async start() {
      if (!(await once())) loop = untilUp();
    },
    async stop() {
      stopping.abort();
      await loop;
      await Promise.allSettled([sender.disconnect(), admin.disconnect()]);
      trouble = 'stopped';
    },
    ready: () => ready,
    trouble: () => trouble,
  };
}
