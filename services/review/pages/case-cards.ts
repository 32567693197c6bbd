import type { Discrepancy } from '../../../contracts/index.js';
import type { Comparison } from '../text/comparison.js';
import { SIDES, type Side } from '../text/evidence.js';
import { cardId, evidenceId, silentId } from './case-texts.js';
import { type Html, html } from './html.js';
import { aspectChips, shortened, tierBadge } from './marks.js';
import { KIND_WORDS } from './words.js';

/** What a side says, each quote a link to its place in the text; a silent side links to its "not mentioned". */
function quotes(card: Discrepancy, number: number, side: Side, comparison: Comparison): Html {
  if (card[side].length === 0) {
    const anchored = comparison.parts.some((p) => p.rows.some((row) => row[side].silent.includes(number)));
    return anchored
      ? html`<a href="#${silentId(side, number)}">not mentioned</a>`
      : html`<em>not mentioned</em>`;
  }
  const shown = new Set(comparison.evidence[side].filter((e) => e.number === number).map((e) => e.index));
  return html`${card[side].map((span, index) =>
    shown.has(index)
      ? html`<a href="#${evidenceId(side, number, index)}">“${shortened(span.text)}”</a>`
      : html`<span>“${shortened(span.text)}”</span>`,
  )}`;
}

function card(discrepancy: Discrepancy, number: number, comparison: Comparison): Html {
  return html`<li><article class="card ${discrepancy.significance}" id="${cardId(number)}" tabindex="-1" data-card="${number}" aria-labelledby="card-title-${number}">
<h3 id="card-title-${number}"><span class="n"><span class="vh">Discrepancy </span>${number}</span> ${tierBadge(discrepancy.significance)} ${aspectChips([discrepancy.aspect])}</h3>
<p class="explanation">${discrepancy.explanation}</p>
<dl>${SIDES.map((side) => html`<div><dt>${side}</dt><dd>${quotes(discrepancy, number, side, comparison)}</dd></div>`)}</dl>
<p class="fine">${KIND_WORDS[discrepancy.kind]} · confidence ${Math.round(discrepancy.confidence * 100)} %</p>
</article></li>`;
}

export function cardList(comparison: Comparison): Html {
  return html`<ol class="cards">${comparison.cards.map((c, index) => card(c, index + 1, comparison))}</ol>`;
}
