import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../metrics.js';
import type { BusInstruments } from './instruments.js';
import type { BusTuning } from './tuning.js';

/** What both engines are handed beside their own part of the configuration. */
export type BusContext = {
  readonly metrics: Metrics;
  readonly instruments: BusInstruments;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly tuning: BusTuning;
};
