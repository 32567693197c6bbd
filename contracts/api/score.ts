import { z } from 'zod';
import { MetricInfo, MetricResult } from '../score.js';

/** Two texts to compare, nothing stored. A line of `score --jsonl` has the same fields. */
export const ScoreRequest = z.strictObject({
  draft: z.string(),
  final: z.string(),
  modality: z.string().nullable().default(null),
  exam: z.string().nullable().default(null),
  context: z
    .strictObject({
      age: z.number().min(0).max(130).nullable().default(null),
      sex: z.enum(['F', 'M', 'O']).nullable().default(null),
      indication: z.string().nullable().default(null),
    })
    .prefault({}),
});
export type ScoreRequest = z.infer<typeof ScoreRequest>;

const [scored, unscorable] = MetricResult.options;

export const ScoreAnswer = z.discriminatedUnion('state', [
  scored.extend({ metric: MetricInfo }),
  unscorable.extend({ metric: MetricInfo }),
]);
export type ScoreAnswer = z.infer<typeof ScoreAnswer>;
