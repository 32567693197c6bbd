import { isIPv4 } from 'node:net';

/** `localhost`, 127.0.0.0/8 and ::1, as a binding names them. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
