export { type Accept, createGateway, type Gateway, type GatewayDeps } from './gateway/index.js';
export {
  compareNormalisation,
  createNormaliser,
  type Difference,
  type NormaliseResult,
  type NormaliserRules,
  normalise,
  normaliserRules,
  type RawMessage,
} from './normaliser/index.js';
