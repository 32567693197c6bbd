import type { Request, RequestHandler } from 'express';
import type { Clock } from '../clock.js';
import type { Metrics } from '../metrics.js';

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The pattern a route was written with, never the address: addresses carry ids and would be one series each. */
function patternOf(request: Request): string {
  const route: unknown = request.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  return typeof path === 'string' ? path : 'unmatched';
}

/** Times every request. Routers are mounted at the root and write whole paths, so the pattern is complete. */
export function timing(metrics: Metrics, clock: Clock): RequestHandler {
  const seconds = metrics.histogram({
    name: 'overread_http_request_seconds',
    help: 'Time to answer an HTTP request.',
    labels: ['method', 'route', 'status'],
    buckets: BUCKETS,
  });
  return (request, response, next) => {
    const began = clock.now().getTime();
    response.once('finish', () => {
      const labels = { method: request.method, route: patternOf(request), status: `${response.statusCode}` };
      seconds.observe(labels, (clock.now().getTime() - began) / 1000);
    });
    next();
  };
}
