export * from './audit/index.js';
export * from './dead-letters/index.js';
export * from './review/acknowledge.js';
export * from './review/case.js';
export * from './review/choices.js';
export * from './review/neighbours.js';
export * from './review/operations.js';
export * from './review/worklist.js';
