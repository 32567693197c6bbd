import { ALERTING_ERRORS } from './alerting.js';
import { CLI_ERRORS } from './cli.js';
import { GATEWAY_ERRORS } from './gateway.js';
import { HTTP_ERRORS } from './http.js';
import { NORMALISER_ERRORS } from './normaliser.js';
import { PAIRING_ERRORS } from './pairing.js';
import { PLATFORM_ERRORS } from './platform.js';
import { REVIEW_ERRORS } from './review.js';
import { SCORING_ERRORS } from './scoring.js';

export type { ErrorEntry } from './entry.js';

/** Every error code of the product: docs/errors.md holds one entry for each, kept equal by a test. */
export const ERRORS = {
  ...PLATFORM_ERRORS,
  ...HTTP_ERRORS,
  ...GATEWAY_ERRORS,
  ...NORMALISER_ERRORS,
  ...PAIRING_ERRORS,
  ...SCORING_ERRORS,
  ...ALERTING_ERRORS,
  ...REVIEW_ERRORS,
  ...CLI_ERRORS,
} as const;
export type ErrorCode = keyof typeof ERRORS;

/**
 * The one error class of the product. `detail` names the place (field, line, path, limit); it never holds
 * report text or identifiers, because it is logged and shown.
 */
export class OverreadError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = '', options?: { cause?: unknown }) {
    super(
      `${code}: ${ERRORS[code].what}${detail === '' ? '' : ` (${detail})`}. ${ERRORS[code].remedy}`,
      options,
    );
    this.name = 'OverreadError';
    this.code = code;
    this.detail = detail;
  }

  get retry(): boolean {
    return ERRORS[this.code].retry;
  }
}
