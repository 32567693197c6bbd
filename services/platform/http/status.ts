import type { ErrorCode } from '../../../contracts/index.js';

/**
 * HTTP status of a code (RFC 9110 section 15). A code that is not here is the service's own trouble: 503 where a
 * later try may succeed, else 500.
 */
export const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  OVR_REQUEST_INVALID: 400,
  OVR_UNAUTHENTICATED: 401,
  OVR_FORBIDDEN: 403,
  OVR_CROSS_SITE_REQUEST: 403,
  OVR_HOST_REFUSED: 403,
  OVR_NOT_FOUND: 404,
  OVR_ALERT_CHANGED: 409,
  OVR_ALERT_WITHDRAWN: 409,
  OVR_DEAD_LETTER_DONE: 409,
  OVR_REPLAY_RUNNING: 409,
  OVR_BODY_TOO_LARGE: 413,
  OVR_REQUEST_FAILED: 500,
};
