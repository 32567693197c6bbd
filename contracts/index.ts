export * from './alert.js';
export * from './config/index.js';
export * from './errors/index.js';
export * from './events.js';
export * from './pair.js';
export * from './report-version.js';
export * from './score.js';
export * from './vocabulary.js';
