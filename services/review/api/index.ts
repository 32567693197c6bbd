import { Router } from 'express';
import { REVIEW_API as API } from '../../../contracts/index.js';
import {
  alertItem,
  deadLetter,
  listDeadLetters,
  readCase,
  recordAudit,
  worklist,
} from '../../ledger/index.js';
import { serveEndpoint } from '../../platform/index.js';
import { acknowledge } from '../acknowledge.js';
import type { ReviewDeps } from '../deps.js';
import { found } from '../found.js';
import { healthSummary } from '../health.js';
import type { Replay } from '../replay.js';
import { retryDeadLetter } from '../retry.js';

/** Two texts at the configured 200,000 characters each, in UTF-8 and JSON escapes. */
const SCORE_BODY_BYTES = 2_000_000;

/** The feeds of a large site are some 100 kB of YAML. */
const RULES_BODY_BYTES = 1_000_000;

/** The JSON API of review, one line an operation of `REVIEW_API`. */
export function apiRouter(deps: ReviewDeps, replay: Replay): Router {
  const { database, clock } = deps;
  const router = Router();
  serveEndpoint(router, API.listAlerts, ({ query }) => worklist(database, query));
  serveEndpoint(router, API.getAlert, async ({ params }) =>
    found(await alertItem(database, params.alertId), 'alert'),
  );
  serveEndpoint(router, API.acknowledgeAlert, async ({ params, body, identity }) => {
    await acknowledge(deps, { ...params, ...body }, identity.name);
    return found(await alertItem(database, params.alertId), 'alert');
  });
  serveEndpoint(router, API.getCase, async ({ params, identity }) => {
    const shown = found(await readCase(database, params.pairId), 'case');
    const at = clock.now();
    await recordAudit(database, { at, actor: identity.name, action: 'case.viewed', subject: params.pairId });
    return shown;
  });
  serveEndpoint(router, API.score, ({ body }) => deps.score(body), SCORE_BODY_BYTES);
  serveEndpoint(router, API.listDeadLetters, ({ query }) => listDeadLetters(database, query));
  serveEndpoint(router, API.getDeadLetter, async ({ params: { deadLetterId }, identity }) => {
    const shown = found(await deadLetter(database, deadLetterId), 'dead letter');
    const at = clock.now();
    await recordAudit(database, {
      at,
      actor: identity.name,
      action: 'dead-letter.viewed',
      subject: deadLetterId,
    });
    return shown;
  });
  serveEndpoint(router, API.retryDeadLetter, ({ params, identity }) =>
    retryDeadLetter(deps, params.deadLetterId, identity.name),
  );
  serveEndpoint(router, API.startReplay, ({ body, identity }) => replay.begin(body, identity.name));
  serveEndpoint(router, API.getReplay, async () => found(replay.status(), 'replay'));
  serveEndpoint(
    router,
    API.tryRules,
    async ({ body, identity }) => {
      const answer = await deps.tryRules(body);
      const { read, changed, ended } = answer;
      const detail = { since: body.since ?? null, read, changed, ended };
      const at = clock.now();
      await recordAudit(database, { at, actor: identity.name, action: 'rules.tried', subject: '', detail });
      return answer;
    },
    RULES_BODY_BYTES,
  );
  serveEndpoint(router, API.getHealth, () => healthSummary(deps));
  return router;
}
