import {
  type DeadLetterDetail,
  type DeadLetterItem,
  type DeadLetterPage,
  type DeadLetterQuery,
  ERRORS,
} from '../../../contracts/index.js';
import { type Fragment, type Html, html } from './html.js';
import type { Page, PageContext } from './layout.js';
import { ageTag, momentTag } from './time.js';

const STATES = ['open', 'retried', 'discarded', 'any'] as const;

function address(id: string): string {
  return `/dead-letters/${encodeURIComponent(id)}`;
}

function row(letter: DeadLetterItem, now: Date): Html {
  return html`<tr>
<td data-label="Code"><a class="case" href="${address(letter.id)}"><code>${letter.code}</code></a><span class="by">${letter.detail}</span></td>
<td data-label="Stage">${letter.stage}</td>
<td data-label="Topic">${letter.originalTopic}</td>
<td data-label="Attempts">${letter.attempts}</td>
<td data-label="Age">${ageTag(letter.at, now)}</td>
<td data-label="State">${letter.state}</td></tr>`;
}

function table(page: DeadLetterPage, query: DeadLetterQuery, now: Date): Html {
  return html`<table class="worklist"><caption class="vh">Dead letters, newest first</caption>
<thead><tr><th scope="col">Code</th><th scope="col">Stage</th><th scope="col">Topic</th><th scope="col">Attempts</th><th scope="col">Age</th><th scope="col">State</th></tr></thead>
<tbody>${page.deadLetters.map((letter) => row(letter, now))}</tbody></table>
${page.next !== null && html`<nav class="pager" aria-label="Pages of the list"><a rel="next" data-key="n" href="/dead-letters?state=${query.state}&amp;after=${page.next}">Next page</a></nav>`}`;
}

/** Events the stages gave up on, for administrators. */
export function deadLettersPage(page: DeadLetterPage, query: DeadLetterQuery, { now }: PageContext): Page {
  return {
    title: 'Dead letters',
    place: 'dead-letters',
    main: html`<div class="heading"><h1>Dead letters</h1><p class="asof">${page.total} in this list, as of ${momentTag(now)}</p></div>
<p>What a stage could not work on is kept here with its cause: mend the cause, then retry. Nothing is lost and nothing waits behind it.</p>
<nav class="tabs" aria-label="State"><ul>${STATES.map(
      (state) =>
        html`<li><a href="/dead-letters?state=${state}"${state === query.state && html` aria-current="true"`}>${state}</a></li>`,
    )}</ul></nav>
${page.deadLetters.length === 0 ? html`<div class="empty"><h2>No dead letter here</h2></div>` : table(page, query, now)}`,
  };
}

function fact(term: string, value: Fragment): Html {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

function remedy(code: string): Fragment {
  const entry = Object.entries(ERRORS).find(([name]) => name === code)?.[1];
  return entry === undefined
    ? null
    : html`<p class="notice"><strong>${entry.what}.</strong> ${entry.remedy}.</p>`;
}

/** HL7 ends segments with CR; other control characters are shown as a mark. Bytes that are no UTF-8 too. */
function readable(base64: string): string {
  return Buffer.from(base64, 'base64')
    .toString('utf8')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '\u2423');
}

export type DeadLetterModel = {
  readonly letter: DeadLetterDetail;
  /** The original holds a whole message, so it is shown on demand only, and the look is audited. */
  readonly withOriginal: boolean;
};

export function deadLetterPage({ letter, withOriginal }: DeadLetterModel): Page {
  return {
    title: 'Dead letter',
    place: 'dead-letters',
    main: html`<nav class="walk" aria-label="Dead letters"><a href="/dead-letters">Dead letters</a></nav>
<div class="headline"><h1><code>${letter.code}</code></h1>${
      letter.state === 'open'
        ? html`<form method="post" action="${address(letter.id)}/retry"><button class="primary" type="submit">Retry</button></form>`
        : html`<p class="done" role="status">${letter.state}${letter.changedBy !== null && ` by ${letter.changedBy}`}${letter.changedAt !== null && html`, ${momentTag(letter.changedAt)}`}</p>`
    }</div>
${remedy(letter.code)}
<dl class="facts-list">
${fact('Detail', letter.detail || 'none')}
${fact('Stage', letter.stage)}
${fact('Attempts', letter.attempts)}
${fact('Recorded', momentTag(letter.at))}
${fact('Original event', letter.originalType)}
${fact('Topic', letter.originalTopic)}
${fact('Content type', letter.originalContentType)}
${fact('Size', `${letter.bytes} bytes`)}
</dl>
${
  withOriginal
    ? html`<h2 id="original">The original</h2><pre class="original" tabindex="0" role="region" aria-labelledby="original">${readable(letter.originalData)}</pre>`
    : html`<p><a href="${address(letter.id)}?original=1">Show the original</a> <span class="by">it may name a patient; the look is recorded</span></p>`
}`,
  };
}
