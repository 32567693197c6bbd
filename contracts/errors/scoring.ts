import type { ErrorEntry } from './entry.js';

export const SCORING_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
