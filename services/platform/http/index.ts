import { createServer } from 'node:http';
import express, { type Router } from 'express';
import { OverreadError, type PagesConfig, type ReviewConfig } from '../../../contracts/index.js';
import type { Clock } from '../clock.js';
import { errorCode } from '../error-code.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../metrics.js';
import type { Service } from '../service.js';
import { authentication } from './authentication/index.js';
import { noStore, securityHeaders } from './headers.js';
import { isLoopback } from './loopback.js';
import { answerProblem, notFound, type ProblemPage } from './problem.js';
import { requestId } from './request-id.js';
import { sameOrigin } from './same-origin.js';
import { timing } from './timing.js';

export { type Identity, identityOf, includesRole, requireRole } from './authentication/index.js';
export { formBody, jsonBody } from './body.js';
export { checked, type EndpointRequest, serveEndpoint } from './endpoint.js';
export type { Problem, ProblemPage } from './problem.js';
export { requestIdOf } from './request-id.js';

/** Requests that still run when the service stops get this long before their connections are cut. */
const STOP_GRACE_MS = 5_000;

export type HttpDeps = {
  readonly config: PagesConfig;
  readonly authentication: ReviewConfig['authentication'];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** In this order, at the root; their routes are whole paths and begin with `requireRole`. */
  readonly routers: readonly Router[];
  /** How people see an error; JSON where it declines or is absent. */
  readonly problemPage?: ProblemPage;
  readonly stopGraceMs?: number;
};

/**
 * The HTTP port for people and programs: one express application with the routers of the rooms, behind login,
 * security headers, request ids, coded errors and timing. Starting throws OVR_UNSAFE_BINDING beyond loopback without
 * authentication and OVR_PORT_IN_USE.
 */
export function createHttp(deps: HttpDeps): Service & { port(): number } {
  const { config, logger, stopGraceMs = STOP_GRACE_MS } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(
    requestId,
    timing(deps.metrics, deps.clock),
    securityHeaders(config.publicUrl.startsWith('https:')),
    noStore,
    authentication(deps.authentication, config),
    sameOrigin(config.publicUrl),
    ...deps.routers,
    notFound,
    answerProblem(logger, deps.problemPage ?? (() => false)),
  );
  const server = createServer(app);

  return {
    name: 'http',
    async start() {
      if (deps.authentication.mode === 'none' && !isLoopback(config.host)) {
        throw new OverreadError(
          'OVR_UNSAFE_BINDING',
          `pages.host ${config.host}, review.authentication.mode none`,
        );
      }
      await new Promise<void>((resolve, reject) => {
        server.once('error', (cause) => {
          const inUse = errorCode(cause) === 'EADDRINUSE';
          reject(
            inUse ? new OverreadError('OVR_PORT_IN_USE', `pages.port ${config.port}`, { cause }) : cause,
          );
        });
        server.listen(config.port, config.host, resolve);
      });
    },
    stop: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), stopGraceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
    health: () => ({ ready: server.listening, detail: '' }),
    port: () => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : config.port;
    },
  };
}
