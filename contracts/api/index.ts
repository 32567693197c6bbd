import type { Endpoint } from './endpoint.js';
import { INTAKE_API } from './intake.js';
import { REVIEW_API } from './review.js';

export * from './alerts.js';
export * from './cases.js';
export * from './dead-letters.js';
export * from './endpoint.js';
export * from './health.js';
export * from './intake.js';
export * from './problem.js';
export * from './replay.js';
export * from './review.js';
export * from './score.js';
export * from './trial.js';

/** Every operation of the HTTP API by its operation id, whichever room answers it. */
export const API: Readonly<Record<string, Endpoint>> = { ...INTAKE_API, ...REVIEW_API };
