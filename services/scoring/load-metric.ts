import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OverreadError, type ScoringConfig } from '../../contracts/index.js';
import { packageRoot } from '../platform/index.js';
import { createMetric, type Metric, SignificanceTable, Vocabulary } from './metric/index.js';

const FOLDER = 'services/scoring/metric/vocabulary';
const PARTS = Object.keys(Vocabulary.shape);

/**
 * The metric with the vocabulary and the significance table of this installation. Throws OVR_VOCABULARY_INVALID with
 * the file and the paths that fail.
 */
export function loadMetric(config: Pick<ScoringConfig, 'prevalence' | 'maxCharacters'>): Metric {
  const folder = join(packageRoot(), FOLDER);
  const raw = Object.fromEntries(PARTS.map((part) => [part, readJson(join(folder, `${part}.json`))]));
  const vocabulary = checked(Vocabulary.safeParse(raw));
  const significance = checked(SignificanceTable.safeParse(readJson(join(folder, 'significance.json'))));
  return createMetric({
    vocabulary,
    significance,
    prevalence: config.prevalence,
    maxCharacters: config.maxCharacters,
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new OverreadError('OVR_VOCABULARY_INVALID', path, { cause });
  }
}

function checked<T>(
  result:
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: PropertyKey[] }[] } },
): T {
  if (result.success) return result.data;
  const paths = result.error.issues.map((issue) => issue.path.map(String).join('.'));
  throw new OverreadError('OVR_VOCABULARY_INVALID', paths.join(', '));
}
