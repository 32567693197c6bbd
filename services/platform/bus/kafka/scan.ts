import { randomUUID } from 'node:crypto';
import type { Admin, Consumer, Kafka } from 'kafkajs';
import type { Topic } from '../../../../contracts/index.js';
import type { Clock } from '../../clock.js';
import { type Bell, createBell } from '../bell.js';
import { isEvent, type Letter } from '../letter.js';
import { mergeByTime } from '../merge.js';
import type { IncomingEvent } from '../types.js';
import { toLetter } from './cloud-event.js';
import { asOverread } from './failure.js';
import { type KafkaConfig, physicalName } from './topics.js';

/** How often a silent partition is asked whether what it should still send has been deleted meanwhile. */
const SILENCE_MS = 5_000;

/** One partition between where the scan begins and where it ends. `next` is the offset after the last one read. */
type Reel = {
  readonly partition: number;
  readonly end: bigint;
  readonly letters: Letter[];
  readonly bell: Bell;
  next: bigint;
};

type ScanDeps = {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly config: KafkaConfig;
  readonly clock: Clock;
};

/** The stretch of each partition that was there at the call; partitions with nothing in it are left out. */
async function reels(
  { admin, config, clock }: ScanDeps,
  topic: Topic,
  since: Date | undefined,
): Promise<Reel[]> {
  const name = physicalName(config, topic);
  const bounds = await admin.fetchTopicOffsets(name);
  const starts = since === undefined ? [] : await admin.fetchTopicOffsetsByTimestamp(name, since.getTime());
  return bounds
    .map(({ partition, low, high }) => {
      const start = starts.find((s) => s.partition === partition)?.offset ?? low;
      const next = BigInt(start) < 0n ? BigInt(high) : BigInt(start);
      return { partition, next, end: BigInt(high), letters: [], bell: createBell(clock) };
    })
    .filter((reel) => reel.next < reel.end);
}

/**
 * What the topic holds now, oldest first. A partition whose letters are not wanted yet is paused, not blocked: the
 * client fetches nothing for any partition while one of them is being handled, so blocking would end in a standstill.
 */
export async function* scanTopic(
  deps: ScanDeps,
  topic: Topic,
  since: Date | undefined,
): AsyncGenerator<IncomingEvent> {
  const name = physicalName(deps.config, topic);
  const wanted = await reels(deps, topic, since).catch((error: unknown) => {
    throw asOverread(error);
  });
  if (wanted.length === 0) return;
  const groupId = `${deps.config.prefix}scan-${randomUUID()}`;
  const consumer = deps.kafka.consumer({ groupId, maxWaitTimeInMs: 500, allowAutoTopicCreation: false });
  let crashed: { readonly error: unknown } | undefined;
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    crashed = { error: payload.error };
    for (const reel of wanted) reel.bell.ring();
  });
  try {
    await start(consumer, name, topic, wanted).catch((error: unknown) => {
      throw asOverread(error);
    });
    const failure = () => crashed;
    yield* mergeByTime(wanted.map((reel) => letters(deps, consumer, name, reel, failure)));
  } finally {
    await consumer.disconnect().catch(() => {});
    await deps.admin.deleteGroups([groupId]).catch(() => {});
  }
}

async function start(consumer: Consumer, name: string, topic: Topic, wanted: readonly Reel[]): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, pause }) => {
      const reel = wanted.find((r) => r.partition === batch.partition);
      if (reel !== undefined) {
        for (const message of batch.messages) {
          const offset = BigInt(message.offset);
          if (offset >= reel.next && offset < reel.end) {
            reel.letters.push(toLetter(topic, batch.partition, message));
          }
        }
        const after = BigInt(batch.lastOffset()) + 1n;
        if (after > reel.next) reel.next = after;
        reel.bell.ring();
      }
      pause();
    },
  });
  for (const reel of wanted) {
    consumer.seek({ topic: name, partition: reel.partition, offset: String(reel.next) });
  }
}

async function* letters(
  { admin, clock }: ScanDeps,
  consumer: Consumer,
  name: string,
  reel: Reel,
  crashed: () => { readonly error: unknown } | undefined,
): AsyncGenerator<IncomingEvent> {
  for (;;) {
    for (const letter of reel.letters.splice(0)) if (isEvent(letter)) yield letter;
    if (reel.next >= reel.end) return;
    consumer.resume([{ topic: name, partitions: [reel.partition] }]);
    const asked = clock.now().getTime();
    await reel.bell.wait(SILENCE_MS);
    const failure = crashed();
    if (failure !== undefined) throw asOverread(failure.error);
    if (clock.now().getTime() - asked < SILENCE_MS) continue;
    const bounds = await admin.fetchTopicOffsets(name);
    const low = bounds.find((b) => b.partition === reel.partition)?.low ?? '0';
    if (BigInt(low) >= reel.end) return;
  }
}
