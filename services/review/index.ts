import { Router } from 'express';
import { openDeadLetters } from '../ledger/index.js';
import type { ProblemPage, Service } from '../platform/index.js';
import { apiRouter } from './api/index.js';
import { createAssets } from './assets.js';
import type { ReviewDeps } from './deps.js';
import { createDesk } from './desk.js';
import { createProblemPage } from './pages/problem.js';
import { pagesRouter } from './pages/router.js';
import { createReplay } from './replay.js';

export type { ReviewDeps } from './deps.js';

export type Review = Service & {
  /** Pages, API and assets, for the HTTP base to mount. */
  readonly router: Router;
  readonly problemPage: ProblemPage;
};

/** Pages and API over the ledger, and the desk that collects dead letters into it. */
export function createReview(deps: ReviewDeps): Review {
  const desk = createDesk(deps);
  const replay = createReplay(deps);
  const assets = createAssets();
  deps.metrics.gauge(
    { name: 'overread_dead_letters_open', help: 'Dead letters nobody has retried or discarded.' },
    async (gauge) => gauge.set(await openDeadLetters(deps.database)),
  );
  return {
    name: 'review',
    router: Router().use(assets.router, apiRouter(deps, replay), pagesRouter(deps, assets)),
    problemPage: createProblemPage(assets, deps),
    start: () => desk.start(),
    async stop() {
      await replay.stop();
      await desk.stop();
    },
    health: () => desk.health(),
  };
}
