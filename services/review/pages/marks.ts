import type { Aspect, Discrepancy, Significance } from '../../../contracts/index.js';
import { type Html, html } from './html.js';
import { ASPECT_WORDS, TIERS } from './words.js';

export function tierBadge(tier: Significance): Html {
  const { word, shape } = TIERS[tier];
  return html`<span class="tier ${tier}"><span class="shape" aria-hidden="true">${shape}</span> ${word}</span>`;
}

export function aspectChips(aspects: readonly Aspect[]): Html {
  return html`<span class="chips">${aspects.map(
    (aspect) => html`<span class="chip">${ASPECT_WORDS[aspect]}</span> `,
  )}</span>`;
}

const QUOTE_LENGTH = 90;

/** A quote that fits a line. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= QUOTE_LENGTH ? line : `${line.slice(0, QUOTE_LENGTH - 1).trimEnd()}…`;
}

/** draft: “no pneumothorax” → final: “small right apical pneumothorax”. */
export function oneLineReason(worst: Discrepancy | null): Html {
  if (worst === null) return html`see the case`;
  const [draft, final] = [worst.draft[0], worst.final[0]];
  if (draft === undefined && final === undefined) return html`${shortened(worst.explanation)}`;
  const quote = (text: string | undefined) =>
    text === undefined
      ? html`<em class="quote">not mentioned</em>`
      : html`<span class="quote">“${shortened(text)}”</span>`;
  return html`<span class="side">draft</span> ${quote(draft?.text)} <span class="arrow" aria-hidden="true">→</span>
<span class="side">final</span> ${quote(final?.text)}`;
}
