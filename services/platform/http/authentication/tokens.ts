import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { type AccessRole, OverreadError } from '../../../../contracts/index.js';
import { setIdentity } from './identity.js';

export type Token = { readonly name: string; readonly sha256: string; readonly role: AccessRole };

/** Programs send `Bearer token`; a browser asks its user and sends `Basic base64(any:token)` (RFC 6750, RFC 7617). */
function credential(header: string): string | null {
  const [, scheme, value] = /^(Bearer|Basic) +([A-Za-z0-9._~+/=-]+)$/i.exec(header) ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : null;
}

/** Every token is compared, each in constant time, so that the time taken tells nothing about them. */
function tokenOf(secret: string, tokens: readonly Token[]): Token | undefined {
  const hash = createHash('sha256').update(secret).digest();
  const matching = tokens.filter((token) => timingSafeEqual(hash, Buffer.from(token.sha256, 'hex')));
  return matching[0];
}

/** OVR_UNAUTHENTICATED with a challenge where no configured token is sent. */
export function tokenAuthentication(tokens: readonly Token[]): RequestHandler {
  return (request, response, next) => {
    const secret = credential(request.get('authorization') ?? '');
    const token = secret === null ? undefined : tokenOf(secret, tokens);
    if (token === undefined) {
      const browser = request.accepts(['json', 'html']) === 'html';
      response.set('www-authenticate', browser ? 'Basic realm="Overread", charset="UTF-8"' : 'Bearer');
      throw new OverreadError('OVR_UNAUTHENTICATED');
    }
    setIdentity(response, { name: token.name, role: token.role });
    next();
  };
}
