import type { Admin } from 'kafkajs';
import type { Topic } from '../../../../contracts/index.js';
import type { Lag } from '../types.js';
import { type KafkaConfig, physicalName } from './topics.js';

/**
 * Events each group has not committed, asked of the broker: a dead consumer delivers no figures of its own. A
 * partition nothing was committed for reads -1 and counts from the oldest event it still holds.
 */
export async function fetchLags(
  admin: Admin,
  config: KafkaConfig,
  groups: ReadonlyMap<string, readonly Topic[]>,
): Promise<Lag[]> {
  const lags: Lag[] = [];
  for (const [group, topics] of groups) {
    const names = topics.map((topic) => physicalName(config, topic));
    const committed = await admin.fetchOffsets({ groupId: `${config.prefix}${group}`, topics: names });
    for (const topic of topics) {
      const name = physicalName(config, topic);
      const offsets = committed.find((c) => c.topic === name)?.partitions ?? [];
      const events = (await admin.fetchTopicOffsets(name)).reduce((sum, { partition, high, low }) => {
        const own = Number(offsets.find((o) => o.partition === partition)?.offset ?? -1);
        return sum + Math.max(0, Number(high) - Math.max(own, Number(low)));
      }, 0);
      lags.push({ group, topic, events });
    }
  }
  return lags;
}
