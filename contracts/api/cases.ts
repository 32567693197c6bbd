import { z } from 'zod';
import { Pair, PairStatus } from '../pair.js';
import { Generator } from '../report-version.js';
import { MetricInfo, MetricResult } from '../score.js';
import { Role, SourceKind } from '../vocabulary.js';
import { AlertItem } from './alerts.js';

/** One report version in the life of the study, as the timeline shows it. */
export const TimelineEntry = z.strictObject({
  versionId: z.string(),
  role: Role,
  source: SourceKind,
  generator: Generator.nullable(),
  feed: z.string(),
  controlId: z.string(),
  normaliser: z.string(),
  clockAt: z.iso.datetime({ offset: true }),
  receivedAt: z.iso.datetime({ offset: true }),
  /** current, superseded, withdrawn */
  state: z.string(),
  /** Part of this pair's draft or final. */
  side: z.enum(['draft', 'final']).nullable(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** A pair as a reviewer sees it, with both texts. Private. */
export const Case = z.strictObject({
  pair: Pair,
  status: PairStatus,
  statusReason: z.string(),
  supersededBy: z.string().nullable(),
  accessions: z.array(z.string()),
  /** The latest score; null while none has come. */
  score: z
    .strictObject({ result: MetricResult, metric: MetricInfo, scoredAt: z.iso.datetime({ offset: true }) })
    .nullable(),
  alerts: z.array(AlertItem),
  timeline: z.array(TimelineEntry),
});
export type Case = z.infer<typeof Case>;
