import type { ErrorEntry } from './entry.js';

export const SCORING_ERRORS = {
  OVR_VOCABULARY_INVALID: {
    what: "the metric's vocabulary or significance table cannot be read",
    remedy: 'Restore the file the detail names from the release, or mend the entries it lists',
    retry: false,
  },
  OVR_SCORING_WORKER_FAILED: {
    what: 'a scoring worker does not start',
    remedy: 'Look at the log before this line; check the memory and that the installation is complete',
    retry: true,
  },
  OVR_SCORING_BUSY: {
    what: 'more pairs wait for scoring than the queue takes',
    remedy: 'Send again later, or raise scoring.workers where processor cores are free',
    retry: true,
  },
  OVR_SCORING_STOPPED: {
    what: 'scoring was stopped while the pair waited',
    remedy: 'Send the pair again; on the bus it comes again by itself',
    retry: true,
  },
  OVR_SCORE_INPUT_UNREADABLE: {
    what: 'a file to be scored cannot be read',
    remedy: 'Check the path and the permissions',
    retry: false,
  },
  OVR_SCORE_LINE_INVALID: {
    what: 'a line is not a pair',
    remedy: 'Give one JSON object a line with id, draft and final; the detail names the fields that fail',
    retry: false,
  },
  OVR_SCORE_LINE_TOO_LONG: {
    what: 'a line is longer than any pair that could be scored',
    remedy: 'Check that each pair ends with a newline',
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;
