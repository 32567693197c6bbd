import { z } from 'zod';
import { ClinicalContext, Exam, Generator } from './report-version.js';
import { Aspect, Kind, ProcessingId, Significance, UnscorableReason, VALID_KINDS } from './vocabulary.js';

/** UTF-16 code units into the text as given, end exclusive; `text` is that slice. */
export const Span = z.strictObject({
  start: z.number().int().min(0),
  end: z.number().int().min(0),
  text: z.string(),
});
export type Span = z.infer<typeof Span>;

/** One clinical difference with its evidence; the silent side of an omission or fabrication has no spans. */
export const Discrepancy = z
  .strictObject({
    aspect: Aspect,
    kind: Kind,
    significance: Significance.exclude(['none']),
    significant: z.boolean(),
    confidence: z.number().min(0).max(1),
    draft: z.array(Span),
    final: z.array(Span),
    explanation: z.string(),
  })
  .refine((d) => VALID_KINDS[d.aspect].includes(d.kind), 'this aspect cannot have this kind')
  .refine((d) => d.significant === (d.significance !== 'minor'), 'significant means urgent or actionable');
export type Discrepancy = z.infer<typeof Discrepancy>;

/** Name, version and a hash of everything that decides a score: weights, calibration, tables, evaluator. */
export const MetricInfo = z.strictObject({ name: z.string(), version: z.string(), fingerprint: z.string() });
export type MetricInfo = z.infer<typeof MetricInfo>;

/** What the metric says of two texts. A failure is `unscorable` with a reason, never a number. */
export const MetricResult = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('scored'),
    significant: z.boolean(),
    significance: Significance,
    /** That a radiologist would call the pair significantly different, at the configured prevalence. */
    probability: z.number().min(0).max(1),
    /** For trends; 0 means no clinical difference seen. */
    divergence: z.number().min(0).max(1),
    /** Reaches the stricter `alerting` operating point: only this may raise an alert. */
    alertable: z.boolean(),
    discrepancies: z.array(Discrepancy),
  }),
  z.strictObject({ state: z.literal('unscorable'), reason: UnscorableReason }),
]);
export type MetricResult = z.infer<typeof MetricResult>;

export const MetricInput = z.strictObject({
  draft: z.string(),
  final: z.string(),
  modality: z.string().nullable(),
  exam: z.string().nullable(),
  context: ClinicalContext,
});
export type MetricInput = z.infer<typeof MetricInput>;

/** The score of a pair by one metric. The id is a hash of pair and fingerprint. */
export const Score = z.strictObject({
  id: z.string().regex(/^score_[0-9a-f]{32}$/),
  pairId: z.string(),
  studyId: z.string(),
  site: z.string(),
  generator: Generator,
  exam: Exam,
  context: ClinicalContext,
  unedited: z.boolean(),
  processing: ProcessingId,
  quiet: z.boolean(),
  completedAt: z.iso.datetime({ offset: true }),
  result: MetricResult,
  metric: MetricInfo,
  durationMs: z.number().min(0),
  scoredAt: z.iso.datetime({ offset: true }),
});
export type Score = z.infer<typeof Score>;
