import { identityOf, type Problem, type ProblemPage, requestIdOf } from '../../platform/index.js';
import type { Assets } from '../assets.js';
import type { ReviewDeps } from '../deps.js';
import { html } from './html.js';
import { document } from './layout.js';

function words({ code, message, status }: Problem, requestId: string) {
  return html`<div class="empty"><h1>${status === 404 ? 'There is nothing here' : 'This did not work'}</h1>
<p>${message}.</p>
<p class="fine"><code>${code}</code> · request ${requestId}</p>
<p><a href="/">To the worklist</a></p></div>`;
}

/** Errors in plain words for people; the API keeps JSON. */
export function createProblemPage(assets: Assets, { clock }: Pick<ReviewDeps, 'clock'>): ProblemPage {
  return (problem, request, response) => {
    if (request.path.startsWith('/api/') || request.accepts(['json', 'html']) !== 'html') return false;
    const recognised = response.locals.identity !== undefined;
    const context = { assets, identity: recognised ? identityOf(response) : null, now: clock.now() };
    const main = words(problem, requestIdOf(response));
    response.type('html').send(document(context, { title: 'Problem', place: 'problem', main }));
    return true;
  };
}
