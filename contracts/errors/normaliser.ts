import type { ErrorEntry } from './entry.js';

export const NORMALISER_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
