import type { HealthSummary } from '../../../contracts/index.js';
import { type Fragment, type Html, html } from './html.js';
import type { Page, PageContext } from './layout.js';
import { ageTag, momentTag } from './time.js';

/** Nothing for this long is said to be silent; nights and week-ends of small sites stay below it. */
const SILENT_AFTER_MS = 24 * 3_600_000;

const CONDITIONS = {
  good: { shape: '●', word: 'receiving' },
  silent: { shape: '▲', word: 'silent' },
  never: { shape: '○', word: 'nothing yet' },
} as const;

function condition(last: string | null, now: Date): keyof typeof CONDITIONS {
  if (last === null) return 'never';
  return now.getTime() - Date.parse(last) < SILENT_AFTER_MS ? 'good' : 'silent';
}

function conditionTag(name: keyof typeof CONDITIONS): Html {
  const { shape, word } = CONDITIONS[name];
  return html`<span class="condition ${name}"><span aria-hidden="true">${shape}</span> ${word}</span>`;
}

function table(caption: string, columns: readonly string[], rows: readonly (readonly Fragment[])[]): Html {
  return html`<table class="plain"><caption class="vh">${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => html`<td data-label="${columns[index]}">${cell}</td>`)}</tr>`)}</tbody></table>`;
}

function section(title: string, body: Fragment): Html {
  return html`<section class="block"><h2>${title}</h2>${body}</section>`;
}

function feeds({ feeds }: HealthSummary, now: Date): Html {
  if (feeds.length === 0) {
    return html`<p>No feed is configured. Add one under <code>feeds</code> in the configuration file.</p>`;
  }
  return table(
    'Feeds',
    ['Feed', 'State', 'Last report', 'Reports in 24 h'],
    feeds.map(({ name, lastReceivedAt, lastDay }) => [
      name,
      conditionTag(condition(lastReceivedAt, now)),
      lastReceivedAt === null
        ? 'never'
        : html`${ageTag(lastReceivedAt, now)} <span class="by">${momentTag(lastReceivedAt)}</span>`,
      lastDay,
    ]),
  );
}

function unpaired({ waiting }: HealthSummary, now: Date): Html {
  if (waiting.forFinal + waiting.forDraft === 0) return html`<p>Every report has its counterpart.</p>`;
  return html`<dl class="figures"><div><dt>drafts without a final</dt><dd>${waiting.forFinal}</dd></div>
<div><dt>finals without a draft</dt><dd>${waiting.forDraft}</dd></div>
<div><dt>longer than configured</dt><dd>${waiting.overdue}</dd></div>
${waiting.oldestSince !== null && html`<div><dt>oldest waits since</dt><dd>${ageTag(waiting.oldestSince, now)}</dd></div>`}</dl>`;
}

function deadLetters({ deadLetters }: HealthSummary): Html {
  if (deadLetters.length === 0) return html`<p>No dead letter is open.</p>`;
  return table(
    'Open dead letters',
    ['Stage', 'Code', 'Open'],
    deadLetters.map(({ stage, code, open }) => [stage, html`<code>${code}</code>`, open]),
  );
}

function deliveries({ deliveries }: HealthSummary, now: Date): Html {
  if (deliveries.length === 0) return html`<p>Nothing has been sent yet.</p>`;
  return table(
    'Deliveries by channel',
    ['Channel', 'Waiting', 'Failed', 'Last delivered', 'Last error'],
    deliveries.map(({ channel, pending, failed, lastDeliveredAt, lastError }) => [
      channel,
      pending,
      failed,
      lastDeliveredAt === null ? 'never' : ageTag(lastDeliveredAt, now),
      lastError ?? 'none',
    ]),
  );
}

function parts({ parts, lag }: HealthSummary): Html {
  return html`${table(
    'Parts of this process',
    ['Part', 'State', 'Detail'],
    Object.entries(parts).map(([name, part]) => [name, part.ready ? 'ready' : 'not ready', part.detail]),
  )}${
    lag.length > 0 &&
    table(
      'Events that wait for a stage',
      ['Stage', 'Topic', 'Waiting'],
      lag.map(({ group, topic, events }) => [group, topic, events]),
    )
  }`;
}

/** For hospital IT: is every feed alive, is anything stuck. */
export function feedsPage(health: HealthSummary, { now }: PageContext): Page {
  return {
    title: 'Feeds',
    place: 'feeds',
    main: html`<div class="heading"><h1>Feeds</h1><p class="asof">as of ${momentTag(now)}</p></div>
${section('Received', feeds(health, now))}
${section('Unpaired', unpaired(health, now))}
${section('Dead letters', deadLetters(health))}
${section('Alerts on their way', deliveries(health, now))}
${section('This process', parts(health))}`,
  };
}
