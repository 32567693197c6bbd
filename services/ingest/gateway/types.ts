import type { MediaType } from '../../../contracts/index.js';
import type { Wire } from '../feeds.js';

/** Bytes that came in by some way, and what that way told beside them. */
export type Submission = {
  readonly raw: Buffer;
  readonly contentType: MediaType;
  readonly wire: Wire;
  /** What must not come twice with other bytes, e.g. an idempotency key; absent: HL7 uses its control id. */
  readonly onceKey?: string;
};

/**
 * What became of a submission. `stored` and `duplicate` are durable; `ignored` was dropped on purpose, because the
 * feed says so.
 */
export type Receipt = {
  readonly messageId: string;
  readonly feed: string;
  readonly outcome: 'stored' | 'duplicate' | 'ignored';
};

/**
 * Resolves when the answer may be given. Rejects with OVR_HL7_NO_MSH (kept as a dead letter),
 * OVR_MESSAGE_TYPE_FORBIDDEN, OVR_IDEMPOTENCY_KEY_REUSED, OVR_SPOOL_* or OVR_GATEWAY_UNAVAILABLE.
 */
export type Accept = (submission: Submission) => Promise<Receipt>;
