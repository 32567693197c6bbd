import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Everything from this origin only, no inline script or style, no frames. `same-origin` and not `no-referrer`,
 * because under the latter browsers send `Origin: null` with a form, which would hide who posts it (Fetch standard,
 * "append a request Origin header").
 */
export function securityHeaders(https: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https,
    xFrameOptions: { action: 'deny' },
  });
}

/** Answers hold report text: no cache keeps them. Assets say otherwise for themselves. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'no-store');
  next();
};
