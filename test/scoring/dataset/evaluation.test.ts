import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot } from '../../../services/platform/index.js';
import { readEvaluation } from '../../../services/scoring/dataset/check.js';
import { Reading } from '../../../services/scoring/dataset/evaluation.js';

const folder = join(packageRoot(), 'services/scoring/training/data/evaluation');
const files = (part: string) => readdirSync(join(folder, part)).map((name) => join(folder, part, name));
const PARTS = ['clear-cut', 'borderline', 'twice-written', 'variations'];

describe('the evaluation split', () => {
  test.each(PARTS)('%s can be read whole, and every quote stands in its text', (part) => {
    expect(readEvaluation(files(part)).problems).toEqual([]);
  });

  test('has no id twice over all parts', () => {
    expect(readEvaluation(PARTS.flatMap(files)).problems).toEqual([]);
  });

  test('is large enough for what is reported on it', () => {
    const count = (part: string) => readEvaluation(files(part)).pairs.length;
    expect(count('clear-cut')).toBeGreaterThanOrEqual(400);
    expect(count('borderline')).toBeGreaterThanOrEqual(200);
    expect(count('twice-written')).toBeGreaterThanOrEqual(200);
    const kinds = new Map<string, number>();
    for (const { variation } of readEvaluation(files('variations')).pairs) {
      if (variation !== undefined) kinds.set(variation, (kinds.get(variation) ?? 0) + 1);
    }
    expect([...kinds].filter(([, n]) => n < 60)).toEqual([]);
    expect(kinds.size).toBe(13);
  });

  test('each reading is of a pair that exists, once a reader', () => {
    const ids = new Set(readEvaluation(PARTS.flatMap(files)).pairs.map((pair) => pair.id));
    const seen = new Set<string>();
    for (const file of files('readings')) {
      for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
        const reading = Reading.parse(JSON.parse(line));
        expect(ids).toContain(reading.pair);
        const key = `${reading.reader} ${reading.pair}`;
        expect(seen).not.toContain(key);
        seen.add(key);
      }
    }
    expect(seen.size).toBeGreaterThan(800);
  });
});
