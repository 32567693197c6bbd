import { z } from 'zod';
import { Aspect, Significance } from '../vocabulary.js';

export const PairingConfig = z.strictObject({
  /** A draft without a final is reported once as waiting, then as orphaned. */
  waitForFinalHours: z.number().min(0.001).default(72),
  waitForDraftHours: z.number().min(0.001).default(24),
  /** The same accession for the same patient further apart than this is another study. */
  accessionReuseDays: z.number().min(1).default(365),
  scorePreliminaries: z.boolean().default(false),
});
export type PairingConfig = z.infer<typeof PairingConfig>;

export const ScoringConfig = z.strictObject({
  workers: z.number().int().min(1).max(64).default(1),
  timeLimitMs: z.number().int().min(10).default(10_000),
  maxCharacters: z.number().int().min(1000).default(200_000),
  /** Share of pairs with a significant difference at the site; `probability` is calibrated for it. */
  prevalence: z.number().min(0.0001).max(0.9999).default(0.02),
});
export type ScoringConfig = z.infer<typeof ScoringConfig>;

const Channel = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('webhook'),
    name: z.string().min(1),
    url: z.url(),
    /** Environment variable that holds the HMAC-SHA256 secret. */
    secretFrom: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'an environment variable name'),
    timeoutSeconds: z.number().min(0.1).default(10),
  }),
  z.strictObject({
    type: z.literal('email'),
    name: z.string().min(1),
    host: z.string(),
    port: z.number().int().min(1).max(65535).default(587),
    secure: z.boolean().default(false),
    user: z.string().optional(),
    passwordFrom: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/, 'an environment variable name')
      .optional(),
    from: z.string(),
    to: z.array(z.string()).min(1),
  }),
]);
export type ChannelConfig = z.infer<typeof Channel>;

/** Empty lists match everything. */
export const AlertRule = z.strictObject({
  name: z.string().min(1),
  tiers: z.array(Significance.exclude(['none', 'minor'])).default(['urgent', 'actionable']),
  aspects: z.array(Aspect).default([]),
  modalities: z.array(z.string()).default([]),
  generators: z.array(z.string()).default([]),
  channels: z.array(z.string()).default([]),
});
export type AlertRule = z.infer<typeof AlertRule>;

export const AlertingConfig = z.strictObject({
  /** Record alerts, deliver nothing. */
  shadow: z.boolean().default(false),
  /** Pairs completed longer ago than this are scored and recorded quietly. */
  maxAgeHours: z.number().min(0.001).default(24),
  /** Notices a day and channel; past it one digest. */
  dailyBudget: z.number().int().min(1).default(50),
  digestEveryMinutes: z.number().min(0.01).default(60),
  rules: z.array(AlertRule).default([
    {
      name: 'significant',
      tiers: ['urgent', 'actionable'],
      aspects: [],
      modalities: [],
      generators: [],
      channels: [],
    },
  ]),
  channels: z.array(Channel).default([]),
  delivery: z
    .strictObject({
      maxAttempts: z.number().int().min(1).default(12),
      firstBackoffSeconds: z.number().min(0.01).default(2),
      maxBackoffSeconds: z.number().min(0.01).default(900),
    })
    .prefault({}),
});
export type AlertingConfig = z.infer<typeof AlertingConfig>;

/** What a person or program may do, from least to most; each includes those before it. */
export const AccessRole = z.enum(['viewer', 'reviewer', 'lead', 'admin']);
export type AccessRole = z.infer<typeof AccessRole>;

export const ReviewConfig = z.strictObject({
  /** How people and programs prove who they are; `none` is allowed on loopback only. */
  authentication: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('none') }),
      z.strictObject({
        mode: z.literal('trusted_proxy'),
        userHeader: z.string(),
        roleHeader: z.string(),
        proxies: z.array(z.string()).min(1),
      }),
      z.strictObject({
        mode: z.literal('tokens'),
        tokens: z.array(
          z.strictObject({
            name: z.string(),
            sha256: z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the token in hex'),
            role: AccessRole,
          }),
        ),
      }),
    ])
    .prefault({ mode: 'none' }),
});
export type ReviewConfig = z.infer<typeof ReviewConfig>;
