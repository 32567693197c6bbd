import { z } from 'zod';
import { ClinicalContext, Exam, Generator, Section } from './report-version.js';
import { ProcessingId, Role } from './vocabulary.js';

/** One side of a pair: a text and where it came from. */
export const PairSide = z.strictObject({
  /** The report versions the text is made of: one, or a final with its addenda. */
  versions: z.array(z.string()).min(1),
  role: Role,
  text: z.string(),
  sections: z.array(Section),
  at: z.iso.datetime({ offset: true }),
});
export type PairSide = z.infer<typeof PairSide>;

/**
 * One draft against the current truth of the same study. The id is a hash of the draft version and the truth's
 * versions, so the same pair has the same id whatever the order of arrival.
 */
export const Pair = z.strictObject({
  id: z.string().regex(/^pair_[0-9a-f]{32}$/),
  studyId: z.string(),
  site: z.string(),
  generator: Generator,
  exam: Exam,
  context: ClinicalContext,
  draft: PairSide,
  final: PairSide,
  /** The final is the draft, word for word, or was promoted without the text being sent again. */
  unedited: z.boolean(),
  processing: ProcessingId,
  /** Receive time of the message that completed the pair: the age of an alert counts from here. */
  completedAt: z.iso.datetime({ offset: true }),
  /** True for replays and reprocessing: scored, but never alerted. */
  quiet: z.boolean(),
  flags: z.array(z.string()),
});
export type Pair = z.infer<typeof Pair>;

/** active: current; superseded: a newer truth replaced it; withdrawn: a side was cancelled or belongs elsewhere. */
export const PairStatus = z.enum(['active', 'superseded', 'withdrawn']);
export type PairStatus = z.infer<typeof PairStatus>;

/** What pairing says about a study besides a ready pair. `waiting` and `orphaned` name no pair. */
export const PairState = z.strictObject({
  id: z.string(),
  studyId: z.string(),
  site: z.string(),
  state: z.enum(['active', 'superseded', 'withdrawn', 'waiting_for_final', 'waiting_for_draft', 'orphaned']),
  pairId: z.string().nullable(),
  supersededBy: z.string().nullable(),
  generator: Generator.nullable(),
  modality: z.string().nullable(),
  reason: z.string(),
  at: z.iso.datetime({ offset: true }),
});
export type PairState = z.infer<typeof PairState>;
