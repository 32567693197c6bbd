import type { Admin } from 'kafkajs';
import { type BusConfig, TOPICS, type Topic } from '../../../../contracts/index.js';
import type { Clock } from '../../clock.js';
import type { Logger } from '../../logger.js';
import { ConfigResourceTypes } from './kafkajs.js';

export type KafkaConfig = Extract<BusConfig, { engine: 'kafka' }>;

const DAY_MS = 86_400_000;
const SERVED_ATTEMPTS = 50;
const SERVED_WAIT_MS = 100;
/** Beside its original a dead letter carries why and where. */
const DEAD_LETTER_MARGIN = 65_536;
/** Topics without report text are worth keeping for whoever subscribes. */
const OPEN_RETENTION_DAYS = 30;

/** Topics that carry report text or identifiers: raw messages, versions, pairs, scores with evidence, dead letters. */
const PRIVATE_TOPICS: ReadonlySet<Topic> = new Set([
  TOPICS.hl7,
  TOPICS.reports,
  TOPICS.pairs,
  TOPICS.scores,
  TOPICS.deadLetters,
]);

export function physicalName(config: KafkaConfig, topic: Topic): string {
  return `${config.prefix}${topic}`;
}

export function maxBytesOf(config: KafkaConfig, topic: Topic): number {
  return config.maxMessageBytes + (topic === TOPICS.deadLetters ? DEAD_LETTER_MARGIN : 0);
}

/**
 * Settings of a topic we create. gzip, because the client reads nothing else and Kafka would keep whatever codec a
 * foreign producer chose; segments of a day, because Kafka deletes whole closed segments only, and texts must not
 * outlive their retention by a week.
 */
function settings(config: KafkaConfig, topic: Topic): Record<string, string> {
  const days = PRIVATE_TOPICS.has(topic)
    ? config.retentionDays
    : Math.max(config.retentionDays, OPEN_RETENTION_DAYS);
  return {
    'retention.ms': String(Math.round(days * DAY_MS)),
    'segment.ms': String(DAY_MS),
    'max.message.bytes': String(maxBytesOf(config, topic)),
    'compression.type': 'gzip',
  };
}

/** A topic somebody made before with a lower limit is left as it is, but said. */
async function warnOfLowLimits(admin: Admin, config: KafkaConfig, topics: readonly Topic[], logger: Logger) {
  if (topics.length === 0) return;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((topic) => ({
      type: ConfigResourceTypes.TOPIC,
      name: physicalName(config, topic),
      configNames: ['max.message.bytes'],
    })),
  });
  for (const { resourceName, configEntries } of resources) {
    const topic = topics.find((t) => physicalName(config, t) === resourceName);
    const limit = Number(configEntries[0]?.configValue);
    if (topic !== undefined && limit < maxBytesOf(config, topic)) {
      logger.warn(
        { topic, limit, wanted: maxBytesOf(config, topic) },
        'max.message.bytes of a topic is too low',
      );
    }
  }
}

/**
 * Waits until each partition of a new topic has a leader that serves it; the client's own wait ends before. Sending
 * earlier makes it repeat the whole request, and what other partitions of it had taken arrives twice (measured).
 */
async function untilServed(admin: Admin, name: string, clock: Clock): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.fetchTopicOffsets(name);
      return;
    } catch (error) {
      if (attempt >= SERVED_ATTEMPTS) throw error;
      await clock.sleep(SERVED_WAIT_MS);
    }
  }
}

/** Makes the topics that are missing. Two processes that start together may both try; the second is told and goes on. */
export async function ensureTopics(
  admin: Admin,
  config: KafkaConfig,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): Promise<void> {
  const there = new Set(await admin.listTopics());
  const all: Topic[] = Object.values(TOPICS);
  const missing = all.filter((topic) => !there.has(physicalName(config, topic)));
  if (missing.length > 0) {
    await admin
      .createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic: physicalName(config, topic),
          numPartitions: config.partitions,
          replicationFactor: config.replicationFactor,
          configEntries: Object.entries(settings(config, topic)).map(([name, value]) => ({ name, value })),
        })),
      })
      .catch(async (error: unknown) => {
        const now = new Set(await admin.listTopics());
        if (!missing.every((topic) => now.has(physicalName(config, topic)))) throw error;
      });
    for (const topic of missing) await untilServed(admin, physicalName(config, topic), clock);
  }
  const old = all.filter((topic) => there.has(physicalName(config, topic)));
  await warnOfLowLimits(admin, config, old, logger);
}
