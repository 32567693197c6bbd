import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type OperationsConfig, OverreadError } from '../../contracts/index.js';
import { errorCode } from './error-code.js';
import type { Metrics } from './metrics.js';
import type { Health, Service } from './service.js';

export type OperationsDeps = {
  readonly config: OperationsConfig;
  readonly metrics: Metrics;
  /** Health of every part, by name. */
  readonly healths: () => ReadonlyMap<string, Health>;
};

/**
 * The port for machines: `/healthz` (the process lives), `/readyz` (every part is ready, 503 otherwise) and
 * `/metrics` (Prometheus text). Holds nothing private, so it needs no login; bind it where only IT can reach it.
 */
export function createOperations({ config, metrics, healths }: OperationsDeps): Service & { port(): number } {
  metrics.gauge(
    {
      name: 'overread_part_ready',
      help: '1 while a part of the process is ready, else 0.',
      labels: ['part'],
    },
    (gauge) => {
      for (const [part, { ready }] of healths()) gauge.set({ part }, ready ? 1 : 0);
    },
  );
  const answer = (response: ServerResponse, status: number, contentType: string, body: string) => {
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
  };
  const json = (response: ServerResponse, status: number, body: unknown) =>
    answer(response, status, 'application/json', `${JSON.stringify(body)}\n`);

  const routes: Readonly<Record<string, (response: ServerResponse) => Promise<void> | void>> = {
    '/healthz': (response) => json(response, 200, { status: 'alive' }),
    '/readyz': (response) => {
      const parts = healths();
      const ready = [...parts.values()].every((health) => health.ready);
      json(response, ready ? 200 : 503, {
        status: ready ? 'ready' : 'not ready',
        parts: Object.fromEntries(parts),
      });
    },
    '/metrics': async (response) => {
      const page = await metrics.page();
      answer(response, 200, page.contentType, page.body);
    },
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const route = routes[new URL(request.url ?? '/', 'http://localhost').pathname];
    if (route === undefined || request.method !== 'GET') return json(response, 404, { error: 'not found' });
    Promise.resolve(route(response)).catch(() => json(response, 500, { error: 'failed' }));
  });

  return {
    name: 'operations',
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', (cause) => {
          const inUse = errorCode(cause) === 'EADDRINUSE';
          reject(
            inUse ? new OverreadError('OVR_PORT_IN_USE', `operations.port ${config.port}`, { cause }) : cause,
          );
        });
        server.listen(config.port, config.host, resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    health: () => ({ ready: server.listening, detail: '' }),
    port: () => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : config.port;
    },
  };
}
