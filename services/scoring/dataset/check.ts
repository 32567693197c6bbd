import { readFileSync } from 'node:fs';
import { type DataProblem, EvaluationCase, type EvaluationPair, pairsOf } from './evaluation.js';

/** Reads JSONL files of evaluation cases. Problems name file and line or the pair; nothing is thrown. */
export function readEvaluation(files: readonly string[]): {
  pairs: readonly EvaluationPair[];
  problems: readonly DataProblem[];
} {
  const pairs: EvaluationPair[] = [];
  const problems: DataProblem[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        if (line.trim() === '') return;
        const place = `${file}:${index + 1}`;
        let value: unknown;
        try {
          value = JSON.parse(line);
        } catch (error) {
          problems.push({ id: place, message: String(error) });
          return;
        }
        const parsed = EvaluationCase.safeParse(value);
        if (!parsed.success) {
          for (const i of parsed.error.issues)
            problems.push({ id: place, message: `${i.path.join('.')}: ${i.message}` });
          return;
        }
        const result = pairsOf(parsed.data);
        for (const pair of result.pairs) {
          if (seen.has(pair.id)) problems.push({ id: pair.id, message: 'the id is used twice' });
          seen.add(pair.id);
          pairs.push(pair);
        }
        problems.push(...result.problems);
      });
  }
  return { pairs, problems };
}
