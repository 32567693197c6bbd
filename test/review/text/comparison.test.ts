import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Discrepancy } from '../../../contracts/index.js';
import { compare } from '../../../services/review/text/comparison.js';
import { evidenceOf } from '../../../services/review/text/evidence.js';
import { segments } from '../../../services/review/text/segments.js';
import { wordEdits } from '../../../services/review/text/words.js';
import { MASS, NODULE, PNEUMOTHORAX } from '../support/cases.js';
import { type CaseSpec, sectionsOf } from '../support/ledger.js';

const sidesOf = ({ draft, final }: Pick<CaseSpec, 'draft' | 'final'>) => ({
  draft: { text: draft, sections: sectionsOf(draft) },
  final: { text: final, sections: sectionsOf(final) },
});

function laidOut(spec: CaseSpec) {
  const sides = sidesOf(spec);
  return compare(sides, spec.discrepancies, { edits: false }).parts.map(({ name, rows }) => ({
    name,
    rows: rows.map(({ draft, final }) =>
      [draft, final].map(({ range, silent }, side) => {
        const text = side === 0 ? spec.draft : spec.final;
        const words = range === null ? '' : text.slice(range.start, range.end);
        return silent.length === 0 ? words : `${words} [not mentioned ${silent}]`.trim();
      }),
    ),
  }));
}

describe('two texts side by side', () => {
  test('impression comes first, like beside like, silence beside what it is silent about', () => {
    expect(laidOut(PNEUMOTHORAX)).toEqual([
      {
        name: 'impression',
        rows: [
          ['No acute cardiopulmonary abnormality.', 'Small right apical pneumothorax.'],
          ['', 'Findings were discussed with the ward.'],
        ],
      },
      {
        name: 'findings',
        rows: [
          ['The heart is normal in size.', 'Heart size is normal.'],
          ['The lungs are clear.', 'The lungs are clear.'],
          ['No pneumothorax or pleural effusion.', 'Small right apical pneumothorax measuring 1.5 cm.'],
          ['', 'No pleural effusion.'],
          ['Degenerative change of the thoracic spine.', 'Degenerative change of the thoracic spine.'],
          ['[not mentioned 2]', 'The endotracheal tube tip lies 2 cm above the carina.'],
        ],
      },
    ]);
  });

  test('a fabrication leaves the final silent, once', () => {
    const silent = laidOut(MASS).flatMap(({ rows }) => rows.map(([, final]) => final ?? ''));
    expect(silent.filter((words) => words.includes('not mentioned 1'))).toHaveLength(1);
  });

  test('a text without headings is compared with the whole of the other', () => {
    const final = NODULE.final.replace(/FINDINGS: |IMPRESSION: /g, '');
    expect(laidOut({ ...NODULE, final, discrepancies: [] }).map((part) => part.name)).toEqual(['report']);
  });

  test('worst card first; of equals the one of the impression', () => {
    const order = (spec: CaseSpec) =>
      compare(sidesOf(spec), spec.discrepancies, { edits: false }).cards.map((card) => card.aspect);
    expect(order(PNEUMOTHORAX)).toEqual(['finding', 'device']);
    expect(order(NODULE)).toEqual(['recommendation', 'laterality']);
  });

  test('nothing of either text is lost, whatever the texts', () => {
    const line = fc.array(fc.constantFrom('no', 'effusion', 'Heart', 'is', '3.5', 'cm.', 'normal.', '\n'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(line, line, (a, b) => {
        const texts = { draft: a.join(' '), final: b.join(' ') };
        const whole = (text: string) => ({ text, sections: [] });
        const { parts } = compare({ draft: whole(texts.draft), final: whole(texts.final) }, [], {
          edits: true,
        });
        for (const side of ['draft', 'final'] as const) {
          const shown = parts.flatMap(({ rows }) =>
            rows.flatMap((row) => {
              const { range } = row[side];
              return range === null ? [] : [texts[side].slice(range.start, range.end)];
            }),
          );
          expect(shown.join('').replace(/\s/g, '')).toBe(texts[side].replace(/\s/g, ''));
        }
      }),
    );
  });

  test('two very long texts are laid out in less than two seconds', () => {
    const long = (word: string) =>
      Array.from({ length: 3000 }, (_, n) => `The ${word} number ${n} is normal.`).join(' ');
    const began = performance.now();
    compare(sidesOf({ draft: long('rib'), final: long('vertebra') }), [], { edits: true });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('evidence', () => {
  const card: Discrepancy = {
    aspect: 'finding',
    kind: 'fabrication',
    significance: 'urgent',
    significant: true,
    confidence: 1,
    draft: [{ start: 0, end: 4, text: 'mass' }],
    final: [],
    explanation: '',
  };

  test('a span that does not fit is looked for by its words', () => {
    expect(evidenceOf('A mass.', 'draft', [card])).toEqual([{ start: 2, end: 6, number: 1, index: 0 }]);
  });

  test('words that are not there are not marked', () => {
    expect(evidenceOf('Clear.', 'draft', [card])).toEqual([]);
  });

  test('marks of several cards that cross are cut where they begin and end', () => {
    const marks = [
      { start: 0, end: 6, number: 1, index: 0 },
      { start: 4, end: 9, number: 2, index: 0 },
    ];
    const cut = segments({ start: 0, end: 12 }, marks, [{ start: 8, end: 12 }]);
    expect(
      cut.map(({ start, end, evidence, edited }) => [start, end, evidence.map((e) => e.number), edited]),
    ).toEqual([
      [0, 4, [1], false],
      [4, 6, [1, 2], false],
      [6, 8, [2], false],
      [8, 9, [2], true],
      [9, 12, [], true],
    ]);
  });
});

test('word edits name only the words that changed, neighbours as one', () => {
  const [a, b] = ['Small left apical pneumothorax.', 'Large right apical pneumothorax.'];
  const side = (text: string) => ({ text, range: { start: 0, end: text.length } });
  const { deleted, inserted } = wordEdits(side(a), side(b));
  expect(deleted.map(({ start, end }) => a.slice(start, end))).toEqual(['Small left']);
  expect(inserted.map(({ start, end }) => b.slice(start, end))).toEqual(['Large right']);
});
