import type { ErrorEntry } from './entry.js';

export const REVIEW_ERRORS = {
  OVR_ALERT_WITHDRAWN: {
    what: 'the alert was withdrawn, so it cannot be acknowledged',
    remedy: 'Nothing is to be done: a report it was about was corrected or cancelled. Reload the list',
    retry: false,
  },
  OVR_ALERT_CHANGED: {
    what: 'the alert says something else by now than the person saw',
    remedy: 'Look at the case again, then acknowledge it as it stands',
    retry: false,
  },
  OVR_DEAD_LETTER_DONE: {
    what: 'the dead letter was already retried',
    remedy: 'Look for the outcome: a new failure is a new dead letter',
    retry: false,
  },
  OVR_REPLAY_RUNNING: {
    what: 'a replay is already running',
    remedy: 'Wait for its end; GET /api/v1/replay says how far it is',
    retry: true,
  },
} as const satisfies Record<string, ErrorEntry>;
