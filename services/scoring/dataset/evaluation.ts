import { z } from 'zod';
import { Aspect, ClinicalContext, Kind, Significance, VALID_KINDS } from '../../../contracts/index.js';

/** `clear_cut` and `borderline` are edited copies; `twice_written` were written independently from one case. */
export const Part = z.enum(['clear_cut', 'borderline', 'twice_written', 'variation']);
export type Part = z.infer<typeof Part>;

/** The harmless variations of the battery. */
export const VariationKind = z.enum([
  'identical',
  'paraphrase',
  'synonym_or_lay_term',
  'abbreviation',
  'spelling',
  'reordering',
  'format',
  'merged_or_split_sentences',
  'unit_or_number_format',
  'dictation_slip',
  'hedging_synonym',
  'technique_or_boilerplate',
  'negatives_dropped',
]);
export type VariationKind = z.infer<typeof VariationKind>;

/** Evidence is quoted, not counted: each quote stands in its text exactly once. */
export const LabelledDiscrepancy = z
  .strictObject({
    aspect: Aspect,
    kind: Kind,
    tier: Significance.exclude(['none']),
    draft: z.array(z.string().min(1)),
    final: z.array(z.string().min(1)),
    reason: z.string().min(1),
  })
  .refine((d) => VALID_KINDS[d.aspect].includes(d.kind), 'this aspect cannot have this kind');

/** Replaces `from`, which stands in the final exactly once, by `to`. */
const Edit = z.strictObject({ from: z.string().min(1), to: z.string() });

/** One draft of a case: a whole `text`, or `edits` of the final. `variation` is set in the battery alone. */
export const LabelledDraft = z
  .strictObject({
    id: z.string().min(1),
    text: z.string().optional(),
    edits: z.array(Edit).optional(),
    variation: VariationKind.optional(),
    discrepancies: z.array(LabelledDiscrepancy),
  })
  .refine((d) => (d.text === undefined) !== (d.edits === undefined), 'either text or edits');

/** One made-up examination, its final report and the drafts to compare with it. */
export const EvaluationCase = z.strictObject({
  case: z.string().regex(/^ev-[a-z0-9-]+$/),
  part: Part,
  author: z.string().min(1),
  modality: z.enum(['DX', 'CT', 'MR', 'US', 'MG', 'NM', 'PT', 'XA', 'RF']),
  body: z.string().min(1),
  exam: z.string().min(1),
  style: z.enum(['terse', 'templated', 'narrative', 'dictated', 'bulleted']),
  context: ClinicalContext,
  final: z.string().min(1),
  drafts: z.array(LabelledDraft).min(1),
});
export type EvaluationCase = z.infer<typeof EvaluationCase>;

/** A second, blind reading of one pair. */
export const Reading = z.strictObject({
  pair: z.string(),
  reader: z.string().min(1),
  tier: Significance,
  discrepancies: z.array(
    z.strictObject({ aspect: Aspect, kind: Kind, tier: Significance.exclude(['none']) }),
  ),
});
export type Reading = z.infer<typeof Reading>;

export type EvaluationPair = {
  readonly id: string;
  readonly case: EvaluationCase;
  readonly draft: string;
  readonly final: string;
  readonly discrepancies: readonly z.infer<typeof LabelledDiscrepancy>[];
  readonly variation: VariationKind | undefined;
};

export type DataProblem = { readonly id: string; readonly message: string };

function occurrences(text: string, quote: string): number {
  return text.split(quote).length - 1;
}

/** The pairs of a case with what is wrong with them; a pair with a problem is left out. */
export function pairsOf(entry: EvaluationCase): {
  pairs: readonly EvaluationPair[];
  problems: readonly DataProblem[];
} {
  const pairs: EvaluationPair[] = [];
  const problems: DataProblem[] = [];
  for (const labelled of entry.drafts) {
    const id = `${entry.case}/${labelled.id}`;
    const found: string[] = [];
    let draft = labelled.text ?? entry.final;
    for (const { from, to } of labelled.edits ?? []) {
      const n = occurrences(entry.final, from);
      if (n !== 1) found.push(`edit "${from.slice(0, 60)}" stands ${n} times in the final`);
      draft = draft.replace(from, () => to);
    }
    for (const d of labelled.discrepancies) {
      const sides = [
        ['draft', draft, d.draft],
        ['final', entry.final, d.final],
      ] as const;
      for (const [side, text, quotes] of sides) {
        for (const quote of quotes) {
          const n = occurrences(text, quote);
          if (n !== 1) found.push(`quote "${quote.slice(0, 60)}" stands ${n} times in the ${side}`);
        }
      }
      if (d.kind === 'omission' && (d.draft.length > 0 || d.final.length === 0))
        found.push('an omission has evidence in the final only');
      if (d.kind === 'fabrication' && (d.final.length > 0 || d.draft.length === 0))
        found.push('a fabrication has evidence in the draft only');
      if (d.kind === 'inaccuracy' && (d.final.length === 0 || d.draft.length === 0))
        found.push('an inaccuracy has evidence on both sides');
    }
    if (labelled.variation !== undefined && labelled.discrepancies.length > 0)
      found.push('a harmless variation has no discrepancy');
    problems.push(...found.map((message) => ({ id, message })));
    if (found.length === 0) {
      pairs.push({
        id,
        case: entry,
        draft,
        final: entry.final,
        discrepancies: labelled.discrepancies,
        variation: labelled.variation,
      });
    }
  }
  return { pairs, problems };
}
