import type { Router } from 'express';
import { PagesConfig, type ReviewConfig } from '../../../contracts/index.js';
import { createHttp, createLogger, createMetrics, systemClock } from '../../../services/platform/index.js';

export type Options = {
  readonly routers?: readonly Router[];
  readonly authentication?: ReviewConfig['authentication'];
  readonly host?: string;
  readonly port?: number;
  readonly publicUrl?: string;
};

/** The HTTP base on a free port; `stop` is the caller's. */
export function http(options: Options = {}) {
  const lines: string[] = [];
  const metrics = createMetrics();
  const service = createHttp({
    config: PagesConfig.parse({
      host: options.host,
      port: options.port ?? 0,
      publicUrl: options.publicUrl,
    }),
    authentication: options.authentication ?? { mode: 'none' },
    metrics,
    logger: createLogger({ level: 'debug' }, { write: (line) => lines.push(line) }),
    clock: systemClock,
    routers: options.routers ?? [],
    stopGraceMs: 300,
  });
  return {
    service,
    metrics,
    log: () => lines.join(''),
    url: (path: string) => `http://127.0.0.1:${service.port()}${path}`,
  };
}
