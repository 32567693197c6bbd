export {
  type Accept,
  createGateway,
  type Gateway,
  type GatewayDeps,
  type Part,
  partsOf,
} from './gateway/index.js';
export {
  asStored,
  compareNormalisation,
  createNormaliser,
  createTrial,
  type Difference,
  type NormaliseResult,
  type NormaliserRules,
  normalise,
  normaliserRules,
  type RawMessage,
  type Trial,
} from './normaliser/index.js';
