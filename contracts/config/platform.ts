import { z } from 'zod';

/** `host:port` binding; loopback unless the site says otherwise and brings an authentication for it. */
const Binding = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65535),
});

export const DatabaseConfig = z.discriminatedUnion('engine', [
  z.strictObject({ engine: z.literal('pglite') }),
  z.strictObject({
    engine: z.literal('postgres'),
    /** postgres://user@host:port/name; the password comes from OVERREAD_DATABASE_PASSWORD. */
    url: z.string().startsWith('postgres'),
    poolSize: z.number().int().min(2).max(64).default(8),
  }),
]);
export type DatabaseConfig = z.infer<typeof DatabaseConfig>;

export const BusConfig = z.discriminatedUnion('engine', [
  z.strictObject({
    engine: z.literal('sql'),
    retentionDays: z.number().min(1).default(7),
    pollMs: z.number().int().min(5).max(10_000).default(100),
  }),
  z.strictObject({
    engine: z.literal('kafka'),
    brokers: z.array(z.string().regex(/^[^:\s]+:\d+$/, 'host:port')).min(1),
    /** Put before every topic and group, so that several installations can share a cluster. */
    prefix: z
      .string()
      .regex(/^[a-z0-9.-]*$/)
      .default(''),
    partitions: z.number().int().min(1).max(200).default(6),
    replicationFactor: z.number().int().min(1).max(5).default(1),
    retentionDays: z.number().min(1).default(7),
    maxMessageBytes: z.number().int().min(1_000_000).default(12_000_000),
  }),
]);
export type BusConfig = z.infer<typeof BusConfig>;

export const PagesConfig = z.strictObject({
  ...Binding.shape,
  port: Binding.shape.port.default(8080),
  /** Address people reach the pages by; links in alerts begin with it. */
  publicUrl: z.url().default('http://127.0.0.1:8080'),
});
export type PagesConfig = z.infer<typeof PagesConfig>;

export const OperationsConfig = z.strictObject({
  ...Binding.shape,
  port: Binding.shape.port.default(9464),
});
export type OperationsConfig = z.infer<typeof OperationsConfig>;

export const LoggingConfig = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});
export type LoggingConfig = z.infer<typeof LoggingConfig>;
