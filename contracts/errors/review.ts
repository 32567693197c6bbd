import type { ErrorEntry } from './entry.js';

export const REVIEW_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
