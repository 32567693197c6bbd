import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { DeadLetterQuery } from '../../../contracts/index.js';
import {
  deadLetter,
  filterChoices,
  lastReceived,
  listDeadLetters,
  neighbours,
  readCase,
  recordAudit,
  worklist,
} from '../../ledger/index.js';
import { checked, formBody, identityOf, requireRole } from '../../platform/index.js';
import { acknowledge } from '../acknowledge.js';
import type { Assets } from '../assets.js';
import type { ReviewDeps } from '../deps.js';
import { found } from '../found.js';
import { healthSummary } from '../health.js';
import { retryDeadLetter } from '../retry.js';
import { casePage } from './case.js';
import { deadLetterPage, deadLettersPage } from './dead-letters.js';
import { feedsPage } from './feeds.js';
import { caseQueryOf, queryString, worklistQueryOf } from './filter.js';
import { document, type Page, type PageContext } from './layout.js';
import { worklistPage } from './worklist.js';

const FORM_BYTES = 10_000;
/** A hidden field for each alert shown: its id and the revision the person saw. */
const SeenAlerts = z.record(z.string().startsWith('alert_'), z.coerce.number().int().min(1));

/** Pages for people. A form is answered with 303, so that reloading never sends it again. */
export function pagesRouter(deps: ReviewDeps, assets: Assets): Router {
  const { database, clock } = deps;
  const router = Router();

  const show =
    (build: (request: Request, context: PageContext) => Promise<Page>) =>
    async (request: Request, response: Response) => {
      const context = { assets, identity: identityOf(response), now: clock.now() };
      response.type('html').send(document(context, await build(request, context)));
    };

  router.get(
    '/',
    requireRole('viewer'),
    show(async (request, context) => {
      const { after, limit, ...filter } = worklistQueryOf(request.query);
      const model = {
        filter,
        page: await worklist(database, { ...filter, after, limit }),
        choices: await filterChoices(database),
        isFirstPage: after === undefined,
        lastReceivedAt: await lastReceived(database),
      };
      return worklistPage(model, context);
    }),
  );

  router.get('/cases/:pairId', requireRole('viewer'), async (request, response) => {
    const pairId = String(request.params.pairId);
    const { filter, edits } = caseQueryOf(request.query);
    const identity = identityOf(response);
    const context = { assets, identity, now: clock.now() };
    const shown = found(await readCase(database, pairId), 'case');
    await recordAudit(database, {
      at: context.now,
      actor: identity.name,
      action: 'case.viewed',
      subject: pairId,
    });
    const model = { shown, filter, edits, neighbours: await neighbours(database, filter, pairId) };
    response.type('html').send(document(context, casePage(model, context)));
  });

  router.post(
    '/cases/:pairId/acknowledge',
    requireRole('reviewer'),
    formBody(FORM_BYTES),
    async (request, response) => {
      const pairId = String(request.params.pairId);
      const { filter, edits } = caseQueryOf(request.query);
      const seen = Object.entries(checked(SeenAlerts, request.body, 'form'));
      for (const [alertId, revision] of seen) {
        await acknowledge(deps, { alertId, revision }, identityOf(response).name);
      }
      response.redirect(303, `/cases/${pairId}${queryString(filter, { edits: edits ? '1' : null })}`);
    },
  );

  router.get(
    '/feeds',
    requireRole('viewer'),
    show(async (_request, context) => feedsPage(await healthSummary(deps), context)),
  );

  router.get(
    '/dead-letters',
    requireRole('admin'),
    show(async (request, context) => {
      const query = checked(DeadLetterQuery, request.query, 'query');
      return deadLettersPage(await listDeadLetters(database, query), query, context);
    }),
  );

  router.get(
    '/dead-letters/:deadLetterId',
    requireRole('admin'),
    show(async (request, context) => {
      const id = String(request.params.deadLetterId);
      const letter = found(await deadLetter(database, id), 'dead letter');
      const withOriginal = request.query.original === '1';
      await recordAudit(database, {
        at: context.now,
        actor: context.identity?.name ?? '',
        action: 'dead-letter.viewed',
        subject: id,
        detail: { original: withOriginal },
      });
      return deadLetterPage({ letter, withOriginal });
    }),
  );

  router.post('/dead-letters/:deadLetterId/retry', requireRole('admin'), async (request, response) => {
    const id = String(request.params.deadLetterId);
    await retryDeadLetter(deps, id, identityOf(response).name);
    response.redirect(303, `/dead-letters/${encodeURIComponent(id)}`);
  });

  return router;
}
