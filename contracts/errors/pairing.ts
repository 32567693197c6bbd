import type { ErrorEntry } from './entry.js';

export const PAIRING_ERRORS = {
  OVR_IDENTIFIER_OVERUSED: {
    what: 'more report versions share one identifier than an examination can have',
    remedy:
      'Look for a feed that writes a constant where a number belongs, mend its identifier paths or accessionPattern, then retry the dead letter',
    retry: false,
  },
  OVR_PAIRING_CONTENDED: {
    what: 'the identifiers of a study kept growing while it was being locked',
    remedy: 'Nothing: it is tried again',
    retry: true,
  },
} as const satisfies Record<string, ErrorEntry>;
