import type { ErrorEntry } from './entry.js';

export const GATEWAY_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
