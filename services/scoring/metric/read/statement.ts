import type { Change, Side } from '../vocabulary.js';

export type Place = { readonly start: number; readonly end: number };

/** One thing a report says of one finding or device. Null and empty mean: not said. */
export type Statement = {
  readonly subject: 'finding' | 'device';
  readonly concept: string;
  readonly present: boolean;
  /** An absence that does not speak against the finding itself: "no new", "no large". */
  readonly weak: boolean;
  /** 3 definite, 2 probable, 1 possible. */
  readonly certainty: 1 | 2 | 3;
  readonly sides: readonly Side[];
  readonly sites: readonly string[];
  /** 1 trace to 4 severe. */
  readonly degree: number | null;
  readonly sizesMm: readonly number[];
  readonly change: Change | null;
  readonly qualifiers: readonly string[];
  readonly tip: 'good' | 'bad' | null;
  readonly places: readonly Place[];
  /** Said word for word on the other side too: supports others, is never a difference itself. */
  readonly settled: boolean;
};

/** "The lungs are clear": covers every finding of these structures (or of `all`) on these sides. */
export type Normal = {
  readonly covers: readonly string[];
  readonly sides: readonly Side[];
  readonly place: Place;
};

export type Advice = {
  readonly tests: readonly string[];
  /** Every test named follows by itself from the finding it is advised for. */
  readonly follows: boolean;
  readonly boilerplate: boolean;
  readonly urgent: boolean;
  readonly intervalDays: number | null;
  readonly place: Place;
  readonly settled: boolean;
};

export type Reading = {
  readonly statements: readonly Statement[];
  readonly normals: readonly Normal[];
  readonly advice: readonly Advice[];
  /** Something in the sentence was understood. */
  readonly read: boolean;
};
