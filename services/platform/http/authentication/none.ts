import type { RequestHandler } from 'express';
import { OverreadError } from '../../../../contracts/index.js';
import { isLoopback } from '../loopback.js';
import { setIdentity } from './identity.js';

/**
 * Everyone on this machine is the administrator `local`. The Host header must be a name of this machine: otherwise a
 * web page that points its own name at 127.0.0.1 (DNS rebinding) could read reports through the visitor's browser.
 */
export function noAuthentication(publicUrl: string): RequestHandler {
  const publicHost = new URL(publicUrl).hostname;
  return (request, response, next) => {
    const url = `http://${request.get('host') ?? ''}`;
    const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
    if (!isLoopback(host) && host !== publicHost) throw new OverreadError('OVR_HOST_REFUSED');
    setIdentity(response, { name: 'local', role: 'admin' });
    next();
  };
}
