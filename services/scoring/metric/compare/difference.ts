import type { Aspect, Kind } from '../../../../contracts/index.js';
import type { Place } from '../read/statement.js';
import type { SignificanceTable, Tier } from '../vocabulary.js';

export type ConfidenceName = keyof SignificanceTable['confidence'];

/** A discrepancy before it gets its spans and its words. */
export type Difference = {
  readonly aspect: Aspect;
  readonly kind: Kind;
  readonly tier: Tier;
  readonly confidence: ConfidenceName;
  readonly draft: readonly Place[];
  readonly final: readonly Place[];
  /** Differences of one topic, aspect and kind are one discrepancy with several spans. */
  readonly topic: string;
  readonly explanation: string;
};

export type SideName = 'draft' | 'final';

export const other = (side: SideName): SideName => (side === 'draft' ? 'final' : 'draft');
