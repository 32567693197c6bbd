import type { ErrorEntry } from './entry.js';

export const PAIRING_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
