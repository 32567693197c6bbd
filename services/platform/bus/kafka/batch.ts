import type { EachBatchPayload } from 'kafkajs';
import type { Topic } from '../../../../contracts/index.js';
import type { Clock } from '../../clock.js';
import type { Delivery } from '../delivery.js';
import type { BusTuning } from '../tuning.js';
import { toLetter } from './cloud-event.js';

export type BatchDeps = {
  readonly delivery: Delivery;
  readonly batchSize: number;
  readonly topicOf: (physicalName: string) => Topic;
  readonly clock: Clock;
  readonly tuning: BusTuning;
  readonly stopping: AbortSignal;
};

/**
 * Handles what kafkajs fetched from one partition. Its faults shape this loop: it sends no heartbeat while a handler
 * runs (tulios/kafkajs#1720), `commitOffsets` does nothing once stopping has begun, a batch whose offsets are not
 * resolved is fetched again, and a rebalance shows itself only as a failing heartbeat: then what is done is stored,
 * and the error goes back so that it joins again.
 */
export async function handleBatch(deps: BatchDeps, payload: EachBatchPayload): Promise<void> {
  const { delivery, batchSize, clock, tuning, stopping } = deps;
  const { topic: physical, partition, messages } = payload.batch;
  const topic = deps.topicOf(physical);
  let lost: { readonly error: unknown } | undefined;
  let done: string | undefined;
  let count = 0;
  let storedAt = clock.now().getTime();

  const heartbeat = setInterval(() => {
    payload.heartbeat().catch((error: unknown) => {
      lost = { error };
    });
  }, tuning.heartbeatMs);

  async function store(): Promise<void> {
    if (done === undefined) return;
    const offset = done;
    done = undefined;
    count = 0;
    storedAt = clock.now().getTime();
    const next = String(BigInt(offset) + 1n);
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic: physical, partitions: [{ partition, offset: next }] }],
    });
    payload.resolveOffset(offset);
  }

  try {
    for (let from = 0; from < messages.length; from += batchSize) {
      if (stopping.aborted || lost !== undefined || !payload.isRunning() || payload.isStale()) break;
      const part = messages.slice(from, from + batchSize);
      if (!(await delivery.deliver(part.map((message) => toLetter(topic, partition, message))))) break;
      done = part.at(-1)?.offset;
      count += part.length;
      if (count >= tuning.storeEveryEvents || clock.now().getTime() - storedAt >= tuning.storeEveryMs) {
        await store();
        await payload.heartbeat();
      }
    }
    if (lost !== undefined) throw lost.error;
    await store();
  } catch (error) {
    await store().catch(() => {});
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}
