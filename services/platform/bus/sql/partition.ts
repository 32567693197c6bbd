import { createHash } from 'node:crypto';

/** Partitions of each topic in the event table. Fixed: another number would send a key's next event elsewhere. */
export const SQL_PARTITIONS = 8;

/** Group name of the relay that carries the outbox to Kafka. */
export const RELAY_GROUP = 'kafka-relay';

/** The same key lies in the same partition on every machine. */
export function partitionOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % SQL_PARTITIONS;
}
