import type { Request, RequestHandler } from 'express';
import { OverreadError } from '../../../contracts/index.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}

function isCrossSite(request: Request, publicOrigin: string): boolean {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  if (origin !== undefined && origin === publicOrigin) return false;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && hostOf(origin) !== (request.get('host') ?? '');
}

/**
 * Protection against forged requests without a token in each form: every browser tells by `Sec-Fetch-Site` (secure
 * contexts and localhost, since 2023) or by `Origin` (every POST) which site a request comes from, and a page cannot
 * set either. A request that has neither does not come from a browser, so nobody's browser was tricked into it.
 * Works because nothing changes by GET. Source: OWASP CSRF cheat sheet, "Fetch Metadata headers".
 */
export function sameOrigin(publicUrl: string): RequestHandler {
  const publicOrigin = new URL(publicUrl).origin;
  return (request, _response, next) => {
    if (!SAFE_METHODS.has(request.method) && isCrossSite(request, publicOrigin)) {
      throw new OverreadError('OVR_CROSS_SITE_REQUEST');
    }
    next();
  };
}
