import type { ErrorEntry } from './entry.js';

export const ALERTING_ERRORS = {
  OVR_SCORE_WITHOUT_PAIR: {
    what: 'a score names a pair the ledger does not hold',
    remedy:
      'Check that scoring and alerting use the same installation; a restored or purged ledger lacks old pairs',
    retry: true,
  },
  OVR_DELIVERY_FAILED: {
    what: 'an alert could not be delivered',
    remedy: 'Look at the channel the detail names; the alert is still on the page',
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;
