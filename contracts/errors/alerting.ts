import type { ErrorEntry } from './entry.js';

export const ALERTING_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
