import type { Discrepancy } from '../../../contracts/index.js';
import type { ComparedCell, ComparedPart, Comparison } from '../text/comparison.js';
import type { Evidence, Side } from '../text/evidence.js';
import { type Segment, segments } from '../text/segments.js';
import { type Fragment, type Html, html } from './html.js';
import { PART_WORDS } from './words.js';

export type SideTexts = Readonly<Record<Side, string>>;

export function evidenceId(side: Side, number: number, index: number): string {
  return `d${number}-${side}-${index}`;
}

export function silentId(side: Side, number: number): string {
  return `d${number}-${side}-silent`;
}

export function cardId(number: number): string {
  return `card-${number}`;
}

const EDIT_TAGS = {
  draft: (text: string) =>
    html`<del><span class="vh">start deletion </span>${text}<span class="vh"> end deletion</span></del>`,
  final: (text: string) =>
    html`<ins><span class="vh">start insertion </span>${text}<span class="vh"> end insertion</span></ins>`,
} as const satisfies Record<Side, (text: string) => Html>;

function reference(number: number): Html {
  // U+2060 keeps the number on the line of the words it belongs to.
  return html`\u2060<a class="ref" href="#${cardId(number)}" aria-label="Discrepancy ${number}">${number}</a>`;
}

/** The first card names the colour; every card whose evidence ends here gets its number, a link to the card. */
function segmentTag(segment: Segment, side: Side, text: string, cards: readonly Discrepancy[]): Html {
  const piece = text.slice(segment.start, segment.end);
  const content: Fragment = segment.edited ? EDIT_TAGS[side](piece) : piece;
  const [first] = segment.evidence;
  if (first === undefined) return html`${content}`;
  const starts = segment.evidence.filter((e) => e.start === segment.start);
  const ends = segment.evidence.filter((e) => e.end === segment.end);
  const numbers = segment.evidence.map((e) => e.number).join(' ');
  const anchors = starts.map(
    (e) => html`<span id="${evidenceId(side, e.number, e.index)}" class="anchor"></span>`,
  );
  return html`${anchors}<mark class="${cards[first.number - 1]?.significance ?? 'minor'}" data-cards="${numbers}">${starts.length > 0 && html`<span class="vh">start evidence </span>`}${content}${ends.length > 0 && html`<span class="vh"> end evidence</span>`}</mark>${ends.map((e) => reference(e.number))}`;
}

function silentTag(side: Side, number: number, cards: readonly Discrepancy[]): Html {
  return html`<a class="silent ${cards[number - 1]?.significance ?? 'minor'}" id="${silentId(side, number)}" data-cards="${number}" href="#${cardId(number)}">not mentioned<span class="vh"> in the ${side}, discrepancy</span> <span class="n">${number}</span></a>`;
}

function cellTag(
  cell: ComparedCell,
  side: Side,
  text: string,
  evidence: readonly Evidence[],
  cards: readonly Discrepancy[],
): Html {
  const pieces = cell.range === null ? [] : segments(cell.range, evidence, cell.edits);
  const silent = cell.silent.map((number) => silentTag(side, number, cards));
  const blank = pieces.length === 0 && silent.length === 0;
  return html`<td class="${side}${blank && ' blank'}" data-label="${side}">${pieces.map((s) => segmentTag(s, side, text, cards))}${pieces.length > 0 && silent.length > 0 && ' '}${silent}${blank && html`<span class="vh">nothing beside it</span>`}</td>`;
}

function part({ name, rows }: ComparedPart, comparison: Comparison, texts: SideTexts): Html {
  const { evidence, cards } = comparison;
  return html`<tbody><tr class="part"><th scope="rowgroup" colspan="2">${PART_WORDS[name]}</th></tr>
${rows.map((row) => html`<tr>${cellTag(row.draft, 'draft', texts.draft, evidence.draft, cards)}${cellTag(row.final, 'final', texts.final, evidence.final, cards)}</tr>\n`)}</tbody>`;
}

/** Draft left, final right, a row a sentence; marks lead to their cards. */
export function textsTable(comparison: Comparison, texts: SideTexts, headings: Record<Side, Fragment>): Html {
  return html`<table class="texts"><caption class="vh">Draft and final, sentence by sentence</caption>
<thead><tr><th scope="col">Draft${headings.draft}</th><th scope="col">Final${headings.final}</th></tr></thead>
${comparison.parts.map((p) => part(p, comparison, texts))}
</table>`;
}
