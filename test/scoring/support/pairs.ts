import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Aspect, ClinicalContext, Kind } from '../../../contracts/index.js';
import { packageRoot } from '../../../services/platform/index.js';
import type { Metric } from '../../../services/scoring/metric/index.js';

const LabelledPair = z.strictObject({
  id: z.string(),
  group: z.string(),
  draft: z.string(),
  final: z.string(),
  modality: z.string().nullable(),
  exam: z.string().nullable(),
  context: ClinicalContext,
  significant: z.boolean(),
  aspect: Aspect.nullable(),
  kind: Kind.nullable(),
  why: z.string(),
});
export type LabelledPair = z.infer<typeof LabelledPair>;

/** Pairs written and labelled by hand before the metric was. */
export function labelledPairs(name: 'development' | 'check'): LabelledPair[] {
  const path = join(packageRoot(), 'test/scoring/metric/fixtures', `${name}.jsonl`);
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => LabelledPair.parse(JSON.parse(line)));
}

/** D: share of significant pairs flagged; R: share of the others not flagged; and the pairs that went wrong. */
export function measure(metric: Metric, pairs: readonly LabelledPair[]) {
  const judged = pairs.map((pair) => {
    const result = metric.score(pair);
    return { pair, result, flagged: result.state === 'scored' && result.significant };
  });
  const share = (significant: boolean) => {
    const group = judged.filter(({ pair }) => pair.significant === significant);
    return group.filter(({ flagged }) => flagged === significant).length / group.length;
  };
  return {
    D: share(true),
    R: share(false),
    wrong: judged.filter(({ pair, flagged }) => flagged !== pair.significant),
    judged,
  };
}
