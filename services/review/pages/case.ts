import type { AlertFilter, Case } from '../../../contracts/index.js';
import type { Neighbours } from '../../ledger/index.js';
import { type Identity, includesRole } from '../../platform/index.js';
import { type Comparison, compare } from '../text/comparison.js';
import { cardList } from './case-cards.js';
import { provenance } from './case-provenance.js';
import { textsTable } from './case-texts.js';
import { queryString } from './filter.js';
import { type Fragment, type Html, html } from './html.js';
import type { Page, PageContext } from './layout.js';
import { tierBadge } from './marks.js';
import { ageTag, momentTag } from './time.js';
import { UNSCORABLE_WORDS } from './words.js';

export type CaseModel = {
  readonly shown: Case;
  readonly filter: AlertFilter;
  readonly edits: boolean;
  readonly neighbours: Neighbours;
};

function walk({ filter, neighbours }: CaseModel): Html {
  const { previous, next, position, total } = neighbours;
  const to = (pairId: string) => `/cases/${pairId}${queryString(filter)}`;
  return html`<nav class="walk" aria-label="Cases">
<a href="/${queryString(filter)}">Worklist</a>
${position > 0 && html`<span class="position">${position} of ${total}</span>`}
${previous !== null && html`<a rel="prev" data-key="p" href="${to(previous)}">Previous case</a>`}
${next !== null && html`<a rel="next" data-key="n" href="${to(next)}">Next case</a>`}
</nav>`;
}

/** What a reader must know before the texts, each in plain words. */
function notices({ shown, filter }: CaseModel): Fragment {
  const { pair, status, supersededBy, score } = shown;
  return [
    status === 'superseded' &&
      html`<p class="notice warn"><strong>A newer report replaced this one.</strong> ${supersededBy !== null && html`<a href="/cases/${supersededBy}${queryString(filter)}">See the current case</a>`}</p>`,
    status === 'withdrawn' &&
      html`<p class="notice warn"><strong>This case was withdrawn</strong>: ${shown.statusReason}</p>`,
    pair.processing !== 'P' &&
      html`<p class="notice"><strong>A test message</strong>, not a patient's report.</p>`,
    pair.quiet && html`<p class="notice">From a replay or reprocessing: nobody was told.</p>`,
    pair.unedited && html`<p class="notice">Signed without any edit.</p>`,
    score === null && html`<p class="notice">This case has no score yet.</p>`,
    score?.result.state === 'unscorable' &&
      html`<p class="notice"><strong>Not scored</strong>: ${UNSCORABLE_WORDS[score.result.reason]}.</p>`,
    score?.result.state === 'scored' &&
      score.result.discrepancies.length === 0 &&
      html`<p class="notice">The metric sees no clinical difference: only wording differs.</p>`,
  ];
}

function acknowledgement({ shown, filter, edits }: CaseModel, identity: Identity | null): Html {
  const open = shown.alerts.filter((alert) => alert.state === 'open');
  const done = shown.alerts.filter((alert) => alert.acknowledgedAt !== null);
  const status = html`<p class="done" role="status">${done.map(
    ({ acknowledgedBy, acknowledgedAt }) =>
      html`Acknowledged by ${acknowledgedBy}${acknowledgedAt !== null && html`, ${momentTag(acknowledgedAt)}`} `,
  )}${shown.alerts.length === 0 && 'No alert is about this case.'}${open.length === 0 && done.length === 0 && shown.alerts.length > 0 && 'The alert was withdrawn.'}</p>`;
  if (open.length === 0) return status;
  if (identity === null || !includesRole(identity.role, 'reviewer')) {
    return html`<p class="done">Open. Acknowledging needs the role reviewer.</p>`;
  }
  const query = queryString(filter, { edits: edits ? '1' : null });
  return html`<form method="post" action="/cases/${shown.pair.id}/acknowledge${query}">
${open.map(({ id, revision }) => html`<input type="hidden" name="${id}" value="${revision}">`)}
<button class="primary" type="submit" data-key="a">Acknowledge</button></form>`;
}

function headline(model: CaseModel, { now, identity }: PageContext): Html {
  const { pair, score, accessions } = model.shown;
  const tier = score?.result.state === 'scored' ? score.result.significance : null;
  const exam = pair.exam.description ?? pair.exam.code ?? 'Examination not named';
  return html`<div class="headline"><div>
<h1>${tier !== null && tierBadge(tier)} ${exam}</h1>
<p class="facts"><span>${pair.exam.modality ?? 'modality unknown'}</span> <span>${pair.generator.name}@${pair.generator.version || 'unknown'}</span> <span>complete ${ageTag(pair.completedAt, now)} ago</span> <span>accession ${accessions.length === 0 ? 'none' : accessions.join(', ')}</span></p>
</div>${acknowledgement(model, identity)}</div>`;
}

function cards(comparison: Comparison, shown: Case): Fragment {
  if (comparison.cards.length === 0) return null;
  const probability = shown.score?.result.state === 'scored' ? shown.score.result.probability : null;
  return html`<section class="found" aria-labelledby="found"><h2 id="found">${comparison.cards.length === 1 ? '1 discrepancy' : `${comparison.cards.length} discrepancies`}</h2>
${cardList(comparison)}
${probability !== null && html`<p class="fine">A radiologist would call this pair significantly different with probability ${Math.round(probability * 100)} %, as the metric estimates.</p>`}
</section>`;
}

function editsSwitch({ shown, filter, edits }: CaseModel): Html {
  const href = `/cases/${shown.pair.id}${queryString(filter, { edits: edits ? null : '1' })}`;
  return html`<p class="layers"><a href="${href}" data-key="d">${edits ? 'Hide text edits' : 'Show text edits'}</a></p>`;
}

/** A pair as a reviewer sees it: what differs, the words on both sides, one button. */
export function casePage(model: CaseModel, context: PageContext): Page {
  const { shown, edits } = model;
  const { draft, final, generator } = shown.pair;
  const discrepancies = shown.score?.result.state === 'scored' ? shown.score.result.discrepancies : [];
  const comparison = compare({ draft, final }, discrepancies, { edits });
  const under = (who: string, at: string) => html`<span class="by">${who}, ${momentTag(at)}</span>`;
  return {
    title: 'Case',
    place: 'case',
    main: html`${walk(model)}
${headline(model, context)}
${notices(model)}
<div class="${comparison.cards.length > 0 ? 'compare' : 'compare single'}">
${cards(comparison, shown)}
<section class="sides" aria-labelledby="sides"><div class="sidesbar"><h2 id="sides">Draft and final</h2>${editsSwitch(model)}</div>
${textsTable(
  comparison,
  { draft: draft.text, final: final.text },
  {
    draft: under(`${generator.name}@${generator.version || 'unknown'}`, draft.at),
    final: under(final.role, final.at),
  },
)}
</section>
</div>
${provenance(shown)}`,
  };
}
