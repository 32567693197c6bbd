import type { Case, TimelineEntry } from '../../../contracts/index.js';
import { type Fragment, type Html, html } from './html.js';
import { momentTag } from './time.js';

function entry(version: TimelineEntry): Html {
  const who =
    version.generator === null
      ? version.source
      : `${version.generator.name}@${version.generator.version || 'unknown'}`;
  return html`<li${version.side !== null && html` class="here"`}>
<strong>${version.role}</strong> ${momentTag(version.clockAt)}
<span class="by">${who} · ${version.state}${version.side !== null && ` · the ${version.side} of this case`}</span>
<span class="by">received ${momentTag(version.receivedAt)} from feed ${version.feed}, control id ${version.controlId || 'none'}, normaliser ${version.normaliser}</span></li>`;
}

function fact(term: string, value: Fragment): Html {
  return html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
}

/** Where everything on the page comes from: who wrote what when, and which metric judged it. */
export function provenance({ pair, score, accessions, timeline }: Case): Html {
  return html`<section class="provenance" aria-labelledby="provenance"><h2 id="provenance">Provenance</h2>
<dl>
${fact('Accession', accessions.length === 0 ? 'none' : accessions.join(', '))}
${fact('Site', pair.site)}
${fact('Generator', `${pair.generator.name}@${pair.generator.version || 'unknown'}`)}
${score !== null && fact('Metric', `${score.metric.name} ${score.metric.version}`)}
${score !== null && fact('Fingerprint', html`<code>${score.metric.fingerprint}</code>`)}
${score !== null && fact('Scored', momentTag(score.scoredAt))}
${fact('Pair complete', momentTag(pair.completedAt))}
${pair.flags.length > 0 && fact('Flags', pair.flags.join(', '))}
</dl>
<h3>Versions of the report</h3>
<ol class="timeline">${timeline.map(entry)}</ol>
</section>`;
}
