import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export type Certificate = { readonly cert: string; readonly key: string };
export type Authority = { readonly ca: string; issue(commonName: string): Certificate };

/** A made-up certificate authority in a folder, by the openssl command line. */
export function createAuthority(folder: string, name: string): Authority {
  const path = (file: string) => join(folder, `${name}-${file}`);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = path('ca.pem');
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    path('ca.key'),
    '-out',
    ca,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  );
  return {
    ca,
    issue(commonName) {
      const key = path(`${commonName}.key`);
      const request = path(`${commonName}.csr`);
      const cert = path(`${commonName}.pem`);
      openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/O=Made up/CN=${commonName}`);
      openssl(
        ...['x509', '-req', '-in', request, '-CA', ca, '-CAkey', path('ca.key')],
        ...['-CAcreateserial', '-days', '2', '-out', cert],
      );
      return { cert, key };
    },
  };
}
