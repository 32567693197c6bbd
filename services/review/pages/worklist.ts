import {
  type AlertFilter,
  type AlertItem,
  type AlertPage,
  AlertState,
  Aspect,
  Significance,
} from '../../../contracts/index.js';
import type { FilterChoices } from '../../ledger/index.js';
import { isPlain, queryString } from './filter.js';
import { type Fragment, type Html, html } from './html.js';
import type { Page, PageContext } from './layout.js';
import { aspectChips, oneLineReason, tierBadge } from './marks.js';
import { age, ageTag, momentTag } from './time.js';
import { ASPECT_WORDS, STATE_WORDS, TIERS } from './words.js';

const RANKED_TIERS = Significance.exclude(['none']).options;
/** With no report for this long the list says that it may be out of date. */
const STALE_AFTER_MS = 24 * 3_600_000;

export type WorklistModel = {
  readonly filter: AlertFilter;
  readonly page: AlertPage;
  readonly choices: FilterChoices;
  readonly isFirstPage: boolean;
  readonly lastReceivedAt: Date | null;
};

function tierCounts({ filter, page }: WorklistModel): Html {
  return html`<ul class="counts" aria-label="Open alerts by tier">${RANKED_TIERS.map((tier) => {
    const chosen = filter.tier === tier;
    const href = `/${queryString({ ...filter, state: 'open', tier: chosen ? undefined : tier })}`;
    return html`<li><a class="count ${tier}" href="${href}"${chosen && html` aria-current="true"`}>
<span class="number">${page.open[tier]}</span> ${tierBadge(tier)}<span class="meaning">${TIERS[tier].meaning}</span></a></li>`;
  })}</ul>`;
}

type Option = { readonly value: string; readonly word: string };

function select(name: string, label: string, chosen: string | undefined, options: readonly Option[]): Html {
  return html`<label>${label}<select name="${name}">${options.map(
    ({ value, word }) =>
      html`<option value="${value}"${value === (chosen ?? '') && html` selected`}>${word}</option>`,
  )}</select></label>`;
}

function date(name: string, label: string, value: string | undefined): Html {
  return html`<label>${label}<input type="date" name="${name}" value="${value ?? ''}"></label>`;
}

const ANY: Option = { value: '', word: 'any' };
const plain = (values: readonly string[]) => [ANY, ...values.map((value) => ({ value, word: value }))];

function filters({ filter, choices }: WorklistModel): Html {
  return html`<form class="filters" method="get" action="/" aria-label="Filter the worklist">
${select('tier', 'Tier', filter.tier, [ANY, ...RANKED_TIERS.map((t) => ({ value: t, word: TIERS[t].word }))])}
${select('aspect', 'Aspect', filter.aspect, [ANY, ...Aspect.options.map((a) => ({ value: a, word: ASPECT_WORDS[a] }))])}
${select('generator', 'Generator', filter.generator, plain(choices.generators))}
${select('version', 'Version', filter.version, plain(choices.versions))}
${select('modality', 'Modality', filter.modality, plain(choices.modalities))}
${select('state', 'State', filter.state, [
  ...AlertState.options.map((s) => ({ value: s, word: STATE_WORDS[s] })),
  { value: 'any', word: 'any' },
])}
${date('from', 'From', filter.from)}
${date('to', 'To', filter.to)}
<p class="actions"><button type="submit">Filter</button>${!isPlain(filter) && html` <a href="/">Clear</a>`}</p>
</form>`;
}

function state(alert: AlertItem): Fragment {
  return [
    html`<span class="state ${alert.state}">${STATE_WORDS[alert.state]}</span>`,
    alert.acknowledgedBy !== null && html`<span class="by">by ${alert.acknowledgedBy}</span>`,
    alert.shadow && html`<span class="by">shadow: nobody was told</span>`,
  ];
}

function row(alert: AlertItem, filter: AlertFilter, now: Date): Html {
  const worst = alert.worst?.aspect;
  const aspects = worst === undefined ? alert.aspects : [...new Set([worst, ...alert.aspects])];
  return html`<tr>
<td class="c-tier" data-label="Tier">${tierBadge(alert.significance)}</td>
<td class="c-what" data-label="What differs"><a class="case" href="/cases/${alert.pairId}${queryString(filter)}">${oneLineReason(alert.worst)}</a>
<div class="under">${aspectChips(aspects)}${alert.discrepancies > 1 && html`<span class="more">${alert.discrepancies} discrepancies</span>`}</div></td>
<td data-label="Examination">${alert.modality ?? 'modality unknown'}<span class="by">${alert.exam}</span></td>
<td data-label="Generator">${alert.generator.name}@${alert.generator.version || 'unknown'}</td>
<td data-label="Age" class="c-age">${ageTag(alert.completedAt, now)}</td>
<td data-label="State">${state(alert)}</td>
</tr>`;
}

function empty({ filter, lastReceivedAt }: WorklistModel): Html {
  if (lastReceivedAt === null) {
    return html`<div class="empty"><h2>No report has come in yet</h2>
<p>Alerts appear here as soon as drafts and finals of the same study differ in a way that matters. <a href="/feeds">See the feeds</a></p></div>`;
  }
  if (!isPlain(filter)) {
    return html`<div class="empty"><h2>No alert matches these filters</h2><p><a href="/">Clear the filters</a></p></div>`;
  }
  return html`<div class="empty"><h2>Nothing to review</h2>
<p>No alert is open. <a href="/?state=acknowledged">See those acknowledged</a></p></div>`;
}

function stale({ lastReceivedAt }: WorklistModel, now: Date): Fragment {
  if (lastReceivedAt === null || now.getTime() - lastReceivedAt.getTime() < STALE_AFTER_MS) return null;
  return html`<p class="notice warn"><strong>This list may be out of date.</strong> The last report came in ${age(lastReceivedAt, now)} ago. <a href="/feeds">See the feeds</a></p>`;
}

function table(model: WorklistModel, now: Date): Html {
  const { page, filter, isFirstPage } = model;
  return html`<table class="worklist">
<caption class="vh">Alerts, worst tier first, then oldest first</caption>
<thead><tr><th scope="col">Tier</th><th scope="col">What differs</th><th scope="col">Examination</th><th scope="col">Generator</th><th scope="col">Age</th><th scope="col">State</th></tr></thead>
<tbody>${page.alerts.map((alert) => row(alert, filter, now))}</tbody>
</table>
<nav class="pager" aria-label="Pages of the list">
${!isFirstPage && html`<a href="/${queryString(filter)}">Back to the start</a>`}
${page.next !== null && html`<a rel="next" data-key="n" href="/${queryString(filter, { after: page.next })}">Next page</a>`}
</nav>`;
}

/** The page people open: what to look at, worst first. */
export function worklistPage(model: WorklistModel, { now }: PageContext): Page {
  const { page } = model;
  return {
    title: 'Worklist',
    place: 'worklist',
    main: html`<div class="heading"><h1>Worklist</h1>
<p class="asof">${page.total === 1 ? '1 alert' : `${page.total} alerts`} in this list, as of ${momentTag(now)}</p></div>
${stale(model, now)}
${tierCounts(model)}
${filters(model)}
${page.alerts.length === 0 ? empty(model) : table(model, now)}`,
  };
}
