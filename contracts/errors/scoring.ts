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
} as const satisfies Record<string, ErrorEntry>;
