import type { ErrorEntry } from './entry.js';

/** What the HTTP base answers for every room that mounts a router on it. */
export const HTTP_ERRORS = {
  OVR_NOT_FOUND: {
    what: 'there is nothing at this address',
    remedy: 'Check the address; what it named may have been removed after its retention',
    retry: false,
  },
  OVR_REQUEST_INVALID: {
    what: 'the request does not have the expected shape',
    remedy: 'Mend the fields the detail names; contracts/generated/openapi.json describes every request',
    retry: false,
  },
  OVR_BODY_TOO_LARGE: {
    what: 'the body of the request is larger than this address takes',
    remedy: 'Send less at once',
    retry: false,
  },
  OVR_UNAUTHENTICATED: {
    what: 'the request does not say who makes it, or cannot prove it',
    remedy: 'Send a valid token, or come through the configured proxy',
    retry: false,
  },
  OVR_FORBIDDEN: {
    what: 'the role of this user does not allow this',
    remedy: 'Ask an administrator for the role the detail names',
    retry: false,
  },
  OVR_CROSS_SITE_REQUEST: {
    what: 'a page of another origin tried to change something here',
    remedy:
      'Use the pages of this service; behind a proxy set pages.publicUrl to the address people see in their browser',
    retry: false,
  },
  OVR_HOST_REFUSED: {
    what: 'the request names a host this service does not go by',
    remedy: 'Without authentication use http://127.0.0.1 or http://localhost, or set pages.publicUrl',
    retry: false,
  },
  OVR_REQUEST_FAILED: {
    what: 'the request could not be answered',
    remedy: 'Look for its request id in the log',
    retry: true,
  },
} as const satisfies Record<string, ErrorEntry>;
