import { z } from 'zod';

const NAME = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');

export const SpoolConfig = z.strictObject({
  segmentBytes: z.number().int().min(65_536).default(16_777_216),
  /** Drained segments are kept this long and drained again after an unclean boot. */
  keepHours: z.number().min(0).default(24),
  /** Above this the gateway answers as if the store had failed. */
  maxBytes: z.number().int().min(1_048_576).default(10_737_418_240),
  /** Longest wait for other writers to share a sync with; a lone writer never waits. */
  maxBatchWaitMs: z.number().min(0).max(50).default(0),
});
export type SpoolConfig = z.infer<typeof SpoolConfig>;

export const MllpListenerConfig = z.strictObject({
  name: NAME,
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65535),
  maxMessageBytes: z.number().int().min(1024).default(8_388_608),
  messageTimeoutSeconds: z.number().min(0.05).default(60),
  idleTimeoutSeconds: z.number().min(0.05).default(600),
  maxConnections: z.number().int().min(1).default(100),
  /** Addresses or CIDR blocks; required beyond loopback unless `tls` asks for client certificates. */
  allowFrom: z.array(z.string()).default([]),
  tls: z
    .strictObject({
      cert: z.string(),
      key: z.string(),
      ca: z.string(),
      minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
      /** Subject common names that may connect; empty: any certificate the CA signed. */
      clientNames: z.array(z.string()).default([]),
    })
    .nullable()
    .default(null),
  /** What the sender hears when nothing could be stored. Never AA. */
  onStoreFailure: z.enum(['AE', 'AR', 'close']).default('AE'),
  batchAcknowledgement: z.enum(['per_message', 'per_batch']).default('per_message'),
  /** `auto` follows MSH-15/16 where sent; `original` always answers AA/AE/AR. */
  acknowledgementMode: z.enum(['auto', 'original']).default('original'),
});
export type MllpListenerConfig = z.infer<typeof MllpListenerConfig>;

export const FolderConfig = z.strictObject({
  name: NAME,
  path: z.string(),
  pollSeconds: z.number().min(0.05).default(5),
  maxMessageBytes: z.number().int().min(1024).default(8_388_608),
});
export type FolderConfig = z.infer<typeof FolderConfig>;

export const KafkaReaderConfig = z.strictObject({
  name: NAME,
  brokers: z.array(z.string().regex(/^[^:\s]+:\d+$/, 'host:port')).min(1),
  topic: z.string(),
  group: z.string().default('overread-hl7-reader'),
});
export type KafkaReaderConfig = z.infer<typeof KafkaReaderConfig>;

export const GatewayConfig = z.strictObject({
  spool: SpoolConfig.prefault({}),
  mllp: z.array(MllpListenerConfig).default([]),
  folders: z.array(FolderConfig).default([]),
  kafka: z.array(KafkaReaderConfig).default([]),
  http: z
    .strictObject({
      enabled: z.boolean().default(true),
      maxMessageBytes: z.number().int().default(8_388_608),
    })
    .prefault({}),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;
