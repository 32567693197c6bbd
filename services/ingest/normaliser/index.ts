export { compareNormalisation, type Difference } from './compare.js';
export { type NormaliserRules, normalise, normaliserRules } from './normalise.js';
export { asStored, type RawMessage, type Unstored } from './raw-message.js';
export type { IgnoredReason, NormalisedEvent, NormaliseResult, Reading } from './result.js';
export { createNormaliser, type NormaliserDeps } from './service.js';
export { createTrial, type Trial, type TrialDeps } from './trial.js';
