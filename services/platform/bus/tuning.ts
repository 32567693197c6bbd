/** Pace of the bus. Handed in by tests to be quick; nothing here changes what is delivered. */
export type BusTuning = {
  /** Times an event is handled before it goes to the dead letters. */
  readonly attempts: number;
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  /** Partitions of a consumer that are handled at the same time. */
  readonly partitionsAtOnce: number;
  /** Positions are stored after so many events or so much time: Kafka 4 waits 5 ms on each commit (measured). */
  readonly storeEveryEvents: number;
  readonly storeEveryMs: number;
  /** SQL: events and bytes read at once from one partition. A single larger event is read alone. */
  readonly pageEvents: number;
  readonly pageBytes: number;
  /** SQL: how long a partition belongs to a consumer that gives no sign of life. */
  readonly leaseMs: number;
  readonly purgeEveryMs: number;
  readonly purgeBatch: number;
  /** Kafka: how soon the events of another process' transaction are relayed, and how often lag is asked for. */
  readonly relayPollMs: number;
  readonly lagEveryMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
};

export const DEFAULT_TUNING: BusTuning = {
  attempts: 5,
  firstBackoffMs: 100,
  maxBackoffMs: 5_000,
  partitionsAtOnce: 4,
  storeEveryEvents: 50,
  storeEveryMs: 200,
  pageEvents: 200,
  pageBytes: 4 * 1_048_576,
  leaseMs: 10_000,
  purgeEveryMs: 60_000,
  purgeBatch: 500,
  relayPollMs: 100,
  lagEveryMs: 15_000,
  sessionTimeoutMs: 30_000,
  heartbeatMs: 3_000,
};

/** Wait before try `attempt` + 1, the first of which is 1: doubles twice a time, up to the limit. */
export function backoffMs(
  attempt: number,
  tuning: Pick<BusTuning, 'firstBackoffMs' | 'maxBackoffMs'>,
): number {
  return Math.min(tuning.maxBackoffMs, tuning.firstBackoffMs * 4 ** Math.min(attempt - 1, 10));
}
