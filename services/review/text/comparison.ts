import { type Discrepancy, type PairSide, Significance } from '../../../contracts/index.js';
import { type AlignedRow, align, filled } from './align.js';
import { type Evidence, evidenceOf, SIDES, type Side } from './evidence.js';
import { PART_ORDER, type PartName, partsOf } from './parts.js';
import { overlaps, type Range } from './range.js';
import { sentences } from './sentences.js';
import { wordEdits } from './words.js';

/** One row of the two columns. `silent` are the cards this side says nothing about, though the other does. */
export type ComparedCell = {
  readonly range: Range | null;
  readonly edits: readonly Range[];
  readonly silent: readonly number[];
};
export type ComparedRow = Readonly<Record<Side, ComparedCell>>;
export type ComparedPart = { readonly name: PartName; readonly rows: readonly ComparedRow[] };

/** Everything the page of a case needs to lay both texts side by side. */
export type Comparison = {
  readonly cards: readonly Discrepancy[];
  readonly evidence: Readonly<Record<Side, readonly Evidence[]>>;
  readonly parts: readonly ComparedPart[];
};

type Sides = Readonly<Record<Side, Pick<PairSide, 'text' | 'sections'>>>;

function otherSide(side: Side): Side {
  return side === 'draft' ? 'final' : 'draft';
}

function inImpression(card: Discrepancy, sides: Sides): boolean {
  return SIDES.some((side) =>
    sides[side].sections.some(
      (section) => section.name === 'impression' && card[side].some((span) => overlaps(span, section)),
    ),
  );
}

/** Worst tier first, in a tier those of the impression, then the surest. */
export function orderedCards(cards: readonly Discrepancy[], sides: Sides): readonly Discrepancy[] {
  const tier = (card: Discrepancy) => Significance.options.indexOf(card.significance);
  const late = (card: Discrepancy) => (inImpression(card, sides) ? 0 : 1);
  return [...cards].sort((a, b) => tier(a) - tier(b) || late(a) - late(b) || b.confidence - a.confidence);
}

/** Changed words of a row; a sentence without counterpart is changed whole. */
function editsOf(
  { draft, final, alike }: AlignedRow,
  sides: Sides,
): Readonly<Record<Side, readonly Range[]>> {
  if (draft === null || final === null || !alike) {
    return { draft: draft === null ? [] : [draft], final: final === null ? [] : [final] };
  }
  const { deleted, inserted } = wordEdits(
    { text: sides.draft.text, range: draft },
    { text: sides.final.text, range: final },
  );
  return { draft: deleted, final: inserted };
}

/** `edits`: also compare word by word. */
export function compare(
  sides: Sides,
  discrepancies: readonly Discrepancy[],
  options: { readonly edits: boolean },
): Comparison {
  const cards = orderedCards(discrepancies, sides);
  const evidence = {
    draft: evidenceOf(sides.draft.text, 'draft', cards),
    final: evidenceOf(sides.final.text, 'final', cards),
  };
  const numbersIn = (side: Side, range: Range | null) =>
    new Set(range === null ? [] : evidence[side].filter((e) => overlaps(e, range)).map((e) => e.number));
  const linked = (draft: Range, final: Range) => {
    const numbers = numbersIn('final', final);
    return [...numbersIn('draft', draft)].some((number) => numbers.has(number));
  };

  // A card's "not mentioned" stands once, beside the first words of the side that speaks.
  const placed = new Set<number>();
  const silentOn = (side: Side, row: AlignedRow) => {
    const spoken = [...numbersIn(otherSide(side), row[otherSide(side)])];
    const silent = spoken.filter((n) => cards[n - 1]?.[side].length === 0 && !placed.has(n));
    for (const number of silent) placed.add(number);
    return silent;
  };
  const speaksAlone = (row: AlignedRow) =>
    SIDES.some((side) =>
      [...numbersIn(side, row[side])].some((n) => cards[n - 1]?.[otherSide(side)].length === 0),
    );
  const cell = (side: Side, row: AlignedRow, edits: readonly Range[]): ComparedCell => ({
    range: row[side],
    edits: options.edits ? edits : [],
    silent: silentOn(side, row),
  });

  const parts = partsOf(sides.draft, sides.final);
  const of = (side: Side, name: PartName) => ({
    text: sides[side].text,
    sentences: parts[side]
      .filter((part) => part.name === name)
      .flatMap((part) => sentences(sides[side].text, part.range)),
  });
  const names: readonly PartName[] = ['report', ...PART_ORDER];
  return {
    cards,
    evidence,
    parts: names
      .map((name) => ({
        name,
        rows: filled(align(of('draft', name), of('final', name), linked), speaksAlone).map((row) => {
          const edits = options.edits ? editsOf(row, sides) : { draft: [], final: [] };
          return { draft: cell('draft', row, edits.draft), final: cell('final', row, edits.final) };
        }),
      }))
      .filter((part) => part.rows.length > 0),
  };
}
