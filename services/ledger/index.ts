export * from './pairs/index.js';
export * from './studies/identity.js';
export * from './studies/locks.js';
export * from './studies/reach.js';
export * from './studies/waits.js';
export * from './studies/write.js';
export * from './versions/index.js';
