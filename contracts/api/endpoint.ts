import type { z } from 'zod';
import type { AccessRole } from '../config/stages.js';
import type { ErrorCode } from '../errors/index.js';

/**
 * One operation of the HTTP API: the router checks requests against it and the OpenAPI document is made from it.
 * `path` is written as express does (`:alertId`); every name in it is a key of `params`.
 */
export type Endpoint = {
  readonly method: 'get' | 'post';
  readonly path: `/api/v1/${string}`;
  readonly role: AccessRole;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** Shape of a JSON body. null: none, or bytes of one of the media types `takes`. */
  readonly body: z.ZodType | null;
  readonly takes?: readonly string[];
  readonly status: 200 | 202;
  readonly answer: z.ZodType;
  /** Codes beyond those every operation can answer. */
  readonly errors: readonly ErrorCode[];
};
