import type { ClinicalContext } from '../../../../contracts/index.js';
import { cell } from '../judge/tier.js';
import type { Sentence } from '../text/sentences.js';
import type { SignificanceTable } from '../vocabulary.js';
import type { Difference, SideName } from './difference.js';

export type SexWords = Readonly<Record<'F' | 'M', ReadonlySet<string>>>;

/** An organ the patient cannot have, named by one report only. Without a known sex nothing is claimed. */
export function comparePatient(
  all: Readonly<Record<SideName, readonly Sentence[]>>,
  { sex }: ClinicalContext,
  words: SexWords,
  table: SignificanceTable,
): Difference[] {
  if (sex !== 'F' && sex !== 'M') return [];
  const impossible = words[sex === 'F' ? 'M' : 'F'];
  const found = (side: SideName) =>
    all[side].filter((s) => s.tokens.some((token) => impossible.has(token.stem)));
  const sides = { draft: found('draft'), final: found('final') };
  if (sides.draft.length > 0 === sides.final.length > 0) return [];
  const side: SideName = sides.draft.length > 0 ? 'draft' : 'final';
  const places = sides[side].slice(0, table.limits.spans).map(({ start, end }) => ({ start, end }));
  return [
    {
      aspect: 'patient_or_exam',
      kind: side === 'final' ? 'omission' : 'fabrication',
      tier: cell(table, 'patient_or_exam', 'sex', 'actionable'),
      confidence: 'attribute',
      draft: side === 'draft' ? places : [],
      final: side === 'final' ? places : [],
      topic: 'sex',
      explanation: `The ${side} names an organ that a patient of this sex does not have.`,
    },
  ];
}
