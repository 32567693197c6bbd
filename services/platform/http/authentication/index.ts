import type { RequestHandler } from 'express';
import type { PagesConfig, ReviewConfig } from '../../../../contracts/index.js';
import { noAuthentication } from './none.js';
import { tokenAuthentication } from './tokens.js';
import { trustedProxy } from './trusted-proxy.js';

export { type Identity, identityOf, includesRole, requireRole } from './identity.js';

/** The middleware of the configured mode: it names who makes the request or throws; routes then demand a role. */
export function authentication(
  config: ReviewConfig['authentication'],
  { publicUrl }: Pick<PagesConfig, 'publicUrl'>,
): RequestHandler {
  switch (config.mode) {
    case 'none':
      return noAuthentication(publicUrl);
    case 'tokens':
      return tokenAuthentication(config.tokens);
    case 'trusted_proxy':
      return trustedProxy(config);
  }
}
