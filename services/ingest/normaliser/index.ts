export { compareNormalisation, type Difference } from './compare.js';
export { type NormaliserRules, normalise, normaliserRules, type RawMessage } from './normalise.js';
export type { IgnoredReason, NormalisedEvent, NormaliseResult, Reading } from './result.js';
export { createNormaliser, type NormaliserDeps } from './service.js';
