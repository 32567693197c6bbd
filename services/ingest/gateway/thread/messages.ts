import {
  ERRORS,
  type ErrorCode,
  type FeedConfig,
  type GatewayConfig,
  OverreadError,
} from '../../../../contracts/index.js';
import { errorCode, type OutgoingEvent } from '../../../platform/index.js';
import type { EngineState } from '../engine.js';
import type { Recording } from '../metrics.js';
import type { ReportFields } from '../report.js';
import type { Receipt, Submission } from '../types.js';

/** What the gateway's thread is started with. */
export type ThreadData = {
  readonly config: Pick<GatewayConfig, 'spool' | 'mllp' | 'folders'>;
  readonly feeds: readonly FeedConfig[];
  readonly spoolFolder: string;
};

/** An error on its way between threads: classes do not survive it. */
export type Failure = { readonly code: string; readonly detail: string };

/** Bytes cross as a typed array that owns its memory, so that they can be handed over without a copy. */
export type SubmissionOnWire = Omit<Submission, 'raw'> & { readonly raw: Uint8Array };
export type EventOnWire = Omit<OutgoingEvent, 'data'> & { readonly data: Uint8Array };

export type ToThread =
  | { readonly kind: 'accept'; readonly call: number; readonly submission: SubmissionOnWire }
  | { readonly kind: 'published'; readonly call: number; readonly failure: Failure | null }
  | { readonly kind: 'stop' };

export type FromThread =
  | { readonly kind: 'started'; readonly ports: Readonly<Record<string, number>> }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'accepted'; readonly call: number; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly call: number; readonly failure: Failure }
  | { readonly kind: 'publish'; readonly call: number; readonly events: readonly EventOnWire[] }
  | { readonly kind: 'telemetry'; readonly recordings: readonly Recording[]; readonly state: EngineState }
  | {
      readonly kind: 'report';
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: ReportFields;
    }
  | { readonly kind: 'stopped' };

export function toFailure(error: unknown): Failure {
  if (error instanceof OverreadError) return { code: error.code, detail: error.detail };
  return { code: errorCode(error), detail: '' };
}

const isOwn = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** The error again; a foreign code becomes the `fallback` with that code as its detail. */
export function fromFailure({ code, detail }: Failure, fallback: ErrorCode): OverreadError {
  return isOwn(code) ? new OverreadError(code, detail) : new OverreadError(fallback, code);
}

/** A copy that owns its memory: a Buffer is often a window on memory shared with others. */
export function ownBytes(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
