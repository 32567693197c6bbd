import { BlockList, isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { AccessRole, OverreadError } from '../../../../contracts/index.js';
import { setIdentity } from './identity.js';

export type TrustedProxy = {
  readonly userHeader: string;
  readonly roleHeader: string;
  /** Addresses or networks (`10.0.0.0/8`) the proxy connects from. */
  readonly proxies: readonly string[];
};

const MAX_NAME = 200;

/** A socket on :: names an IPv4 peer as ::ffff:a.b.c.d. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function family(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
}

function addressList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [index, proxy] of proxies.entries()) {
    const [address = '', bits] = proxy.split('/');
    const kind = family(address);
    const prefix = bits === undefined ? undefined : Number(bits);
    const most = kind === 'ipv4' ? 32 : 128;
    if (
      kind === null ||
      (prefix !== undefined && !(Number.isInteger(prefix) && prefix >= 0 && prefix <= most))
    ) {
      throw new OverreadError(
        'OVR_CONFIG_INVALID',
        `review.authentication.proxies.${index}: not an IP address or network`,
      );
    }
    if (prefix === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, prefix, kind);
  }
  return list;
}

/** A proxy may send several groups; the highest that is a role counts. */
function highestRole(header: string): AccessRole | undefined {
  const sent = new Set(header.split(/[,;\s]+/).map((word) => word.toLowerCase()));
  return AccessRole.options.toReversed().find((role) => sent.has(role));
}

/**
 * Believes the user and role headers of the named proxies alone: from any other peer they are OVR_UNAUTHENTICATED,
 * because anyone can write a header. A user without a known role is OVR_FORBIDDEN. Throws OVR_CONFIG_INVALID for a
 * proxy that is no address.
 */
export function trustedProxy({ userHeader, roleHeader, proxies }: TrustedProxy): RequestHandler {
  const trusted = addressList(proxies);
  return (request, response, next) => {
    const peer = plainAddress(request.socket.remoteAddress ?? '');
    const kind = family(peer);
    if (kind === null || !trusted.check(peer, kind)) {
      throw new OverreadError('OVR_UNAUTHENTICATED', 'not a configured proxy');
    }
    const name = (request.get(userHeader) ?? '').trim();
    if (name === '' || name.length > MAX_NAME) {
      throw new OverreadError('OVR_UNAUTHENTICATED', `header ${userHeader}`);
    }
    const role = highestRole(request.get(roleHeader) ?? '');
    if (role === undefined) throw new OverreadError('OVR_FORBIDDEN', `header ${roleHeader} names no role`);
    setIdentity(response, { name, role });
    next();
  };
}
