import type { RequestHandler, Response } from 'express';
import { AccessRole, OverreadError } from '../../../../contracts/index.js';

/** Who makes a request. `name` stands in the audit trail. */
export type Identity = { readonly name: string; readonly role: AccessRole };

export function setIdentity(response: Response, identity: Identity): void {
  response.locals.identity = identity;
}

/** Throws OVR_UNAUTHENTICATED where no authentication ran: a route is never open by oversight. */
export function identityOf(response: Response): Identity {
  const identity: unknown = response.locals.identity;
  const named = typeof identity === 'object' && identity !== null && 'name' in identity && 'role' in identity;
  const role = AccessRole.safeParse(named ? identity.role : undefined);
  if (!named || typeof identity.name !== 'string' || !role.success) {
    throw new OverreadError('OVR_UNAUTHENTICATED');
  }
  return { name: identity.name, role: role.data };
}

/** Each role includes those before it in the list of AccessRole. */
export function includesRole(held: AccessRole, needed: AccessRole): boolean {
  return AccessRole.options.indexOf(held) >= AccessRole.options.indexOf(needed);
}

/** Lets through who holds `role` or more; else OVR_UNAUTHENTICATED or OVR_FORBIDDEN. */
export function requireRole(role: AccessRole): RequestHandler {
  return (_request, response, next) => {
    if (!includesRole(identityOf(response).role, role)) throw new OverreadError('OVR_FORBIDDEN', role);
    next();
  };
}
