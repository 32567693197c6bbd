import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import { ClinicalContext, ERRORS, type MetricInput, OverreadError } from '../../../contracts/index.js';
import type { ScoredBy } from '../../scoring/index.js';
import { answerOf } from './answer.js';
import { type Line, readLines } from './lines.js';

const PairLine = z.object({
  id: z.union([z.string(), z.number()]),
  draft: z.string(),
  final: z.string(),
  modality: z.string().nullish(),
  exam: z.string().nullish(),
  context: ClinicalContext.partial().nullish(),
});

/** Room for two texts of the greatest length that is scored, escaped in JSON. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

export type JsonlDeps = {
  readonly input: AsyncIterable<Uint8Array>;
  readonly output: Writable;
  readonly score: (input: MetricInput) => Promise<ScoredBy>;
  /** Pairs under way at once. */
  readonly window: number;
};

/**
 * One answer a line, in the order of the lines. Reads no further ahead than `window` pairs and waits where the output
 * does. Resolves to the number of bad lines.
 */
export async function scoreLines({ input, output, score, window }: JsonlDeps): Promise<number> {
  const underWay: Promise<object>[] = [];
  let bad = 0;
  const writeOldest = async () => {
    const answer = await underWay.shift();
    if (answer === undefined) return;
    if ('error' in answer) bad += 1;
    if (!output.write(`${JSON.stringify(answer)}\n`)) await once(output, 'drain');
  };
  for await (const line of readLines(input, MAX_LINE_BYTES)) {
    if (line.text?.trim() === '') continue;
    underWay.push(answerLine(line, score));
    if (underWay.length >= window) await writeOldest();
  }
  while (underWay.length > 0) await writeOldest();
  return bad;
}

async function answerLine(line: Line, score: JsonlDeps['score']): Promise<object> {
  try {
    const { id, draft, final, modality, exam, context } = parseLine(line.text);
    const { age = null, sex = null, indication = null } = context ?? {};
    const result = await score({
      draft,
      final,
      modality: modality ?? null,
      exam: exam ?? null,
      context: { age, sex, indication },
    });
    return { id, ...answerOf(result) };
  } catch (error) {
    if (!(error instanceof OverreadError)) throw error;
    const detail = error.detail === '' ? '' : `: ${error.detail}`;
    return { line: line.number, error: { code: error.code, message: `${ERRORS[error.code].what}${detail}` } };
  }
}

function parseLine(text: string | null): z.infer<typeof PairLine> {
  if (text === null) throw new OverreadError('OVR_SCORE_LINE_TOO_LONG', `over ${MAX_LINE_BYTES} bytes`);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new OverreadError('OVR_SCORE_LINE_INVALID', 'not JSON', { cause });
  }
  const result = PairLine.safeParse(raw);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'line'}: ${issue.message}`);
  throw new OverreadError('OVR_SCORE_LINE_INVALID', issues.join('; '));
}
