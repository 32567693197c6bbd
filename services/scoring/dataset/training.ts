import { z } from 'zod';
import {
  Aspect,
  ClinicalContext,
  Kind,
  SectionName,
  Significance,
  VALID_KINDS,
} from '../../../contracts/index.js';

/**
 * A sentence that says something else than the cluster's own, labelled as if it stood in the draft and the cluster's own
 * in the final. Near sentences of one report that share a `link` are one change said in several places.
 */
export const NearSentence = z
  .strictObject({
    text: z.string().min(1),
    aspect: Aspect,
    kind: Kind,
    tier: Significance,
    reason: z.string().min(1),
    link: z.string().optional(),
  })
  .refine((n) => VALID_KINDS[n.aspect].includes(n.kind), 'this aspect cannot have this kind');

/** One sentence of a report, ways to say the same, and near sentences that say something else. */
export const Cluster = z.strictObject({
  section: SectionName,
  sentence: z.string().min(1),
  /** What its absence from a draft, or its invention by one, would mean. */
  alone: z.strictObject({ aspect: Aspect, tier: Significance }),
  same: z.array(z.string().min(1)).min(2),
  near: z.array(NearSentence).min(1),
});
export type Cluster = z.infer<typeof Cluster>;

/** A made-up report as the ordered list of its sentences. */
export const BaseReport = z.strictObject({
  case: z.string().regex(/^tr-[a-z0-9-]+$/),
  author: z.string().min(1),
  modality: z.enum(['DX', 'CT', 'MR', 'US', 'MG', 'NM', 'PT', 'XA', 'RF']),
  body: z.string().min(1),
  exam: z.string().min(1),
  style: z.enum(['terse', 'templated', 'narrative', 'dictated', 'bulleted']),
  context: ClinicalContext,
  clusters: z.array(Cluster).min(2),
});
export type BaseReport = z.infer<typeof BaseReport>;
