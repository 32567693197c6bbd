import type { EventType, Topic } from '../../../contracts/index.js';
import type { Tx } from '../database/types.js';
import type { Health } from '../service.js';

/**
 * A CloudEvents 1.0 event in binary mode. Events of one key keep their order. `id` is deterministic, so that a
 * replay is recognised. `attributes` are extension attributes: lower-case letters and digits, no report data
 * except where the topic is private. `traceparent` travels as one of them.
 */
export type OutgoingEvent = {
  readonly type: EventType;
  readonly key: string;
  readonly id: string;
  readonly data: Buffer;
  readonly contentType?: string;
  readonly attributes?: Readonly<Record<string, string>>;
};

export type IncomingEvent = Required<OutgoingEvent> & {
  readonly topic: Topic;
  readonly time: Date;
  /** Where the event stands on the bus; for logs and dead letters. */
  readonly position: string;
};

/**
 * Resolving means done for good: the engine then moves its cursor. Effects must be idempotent, because the same
 * event can come again. Throw `OverreadError` with `retry: false` to send the event to the dead letters at once;
 * anything else is tried again with backoff (5 attempts), then goes there too. When a batch throws, its events
 * are handled again one by one, so that a single one cannot take the others with it.
 */
export type Handler = (events: readonly IncomingEvent[]) => Promise<void>;

export type ConsumerOptions = {
  /** Consumers of one group share the work; each group sees every event. */
  readonly group: string;
  readonly topics: readonly Topic[];
  readonly handle: Handler;
  /** Events handed over at once at most; default 1. Never mixes partitions. */
  readonly batchSize?: number;
};

export type Consumer = {
  start(): Promise<void>;
  /** Resolves when the running handler has ended and its position is stored. */
  stop(): Promise<void>;
  health(): Health;
};

export type Lag = { readonly group: string; readonly topic: Topic; readonly events: number };

export type EventBus = {
  readonly engine: 'sql' | 'kafka';
  start(): Promise<void>;
  stop(): Promise<void>;
  health(): Health;
  /** Durable when it resolves. For stages without a database; order is kept per key. */
  publish(events: readonly OutgoingEvent[]): Promise<void>;
  /** Outgoing events of a state change: they exist exactly when the transaction commits, in commit order. Call last in the transaction. */
  append(tx: Tx, events: readonly OutgoingEvent[]): Promise<void>;
  consume(options: ConsumerOptions): Consumer;
  /** Everything a topic still holds, oldest first, up to the moment of the call. For replay and inspection. */
  scan(topic: Topic, options?: { since?: Date }): AsyncIterable<IncomingEvent>;
  lag(): Promise<readonly Lag[]>;
};
