import type { ErrorEntry } from './entry.js';

export const CLI_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
