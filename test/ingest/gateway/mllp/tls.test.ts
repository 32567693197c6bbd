import { readFileSync } from 'node:fs';
import { connect, type SecureVersion } from 'node:tls';
import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../../support/eventually.js';
import { temporaryFolder } from '../../../support/temporary.js';
import { type Authority, type Certificate, createAuthority } from '../support/certificates.js';
import { startEngine } from '../support/engine.js';
import { frame, hl7 } from '../support/messages.js';
import { rawSender } from '../support/sender.js';

let authority: Authority;
let stranger: Authority;
let server: Certificate;

beforeAll(async () => {
  const folder = await temporaryFolder();
  authority = createAuthority(folder, 'hospital');
  stranger = createAuthority(folder, 'stranger');
  server = authority.issue('overread.example');
});

const start = (tls: object = {}, feeds: readonly object[] = [{ name: 'all', site: 's', match: {} }]) =>
  startEngine({
    feeds,
    listener: { host: '0.0.0.0', tls: { ...server, ca: authority.ca, ...tls } },
  });

const send = (port: number, client: Certificate | null, maxVersion: SecureVersion = 'TLSv1.3') =>
  rawSender(port, () =>
    connect({
      port,
      host: '127.0.0.1',
      servername: 'overread.example',
      ca: readFileSync(authority.ca),
      checkServerIdentity: (): undefined => undefined,
      maxVersion,
      ...(client === null ? {} : { cert: readFileSync(client.cert), key: readFileSync(client.key) }),
    }),
  );

test('a client with a certificate of the hospital is served, and its name finds the feed', async () => {
  const feeds = [
    { name: 'by-certificate', site: 's', match: { tlsSubject: 'ris.example' } },
    { name: 'all', site: 's', match: {} },
  ];
  const gateway = await start({}, feeds);
  const sender = await send(gateway.port, authority.issue('ris.example'));
  await sender.write(frame(hl7('1')));
  expect((await sender.acks(1))[0]?.code).toBe('AA');
  await eventually(() => expect(gateway.messages()).toHaveLength(1));
  expect(gateway.messages()[0]?.attributes).toMatchObject({
    feed: 'by-certificate',
    tlssubject: 'ris.example',
  });
  sender.end();
});

test.each([
  ['no certificate', (): Certificate | null => null, 'tls', 'TLSv1.3'],
  ['a certificate of another authority', () => stranger.issue('ris.example'), 'tls', 'TLSv1.3'],
  ['a name that is not listed', () => authority.issue('other.example'), 'client_name', 'TLSv1.3'],
  ['too old a TLS version', () => authority.issue('old.example'), 'tls', 'TLSv1.2'],
] as const)('a client with %s is turned away', async (_, client, reason, version) => {
  const gateway = await start({ clientNames: ['ris.example'], minVersion: 'TLSv1.3' });
  const sender = await send(gateway.port, client(), version);
  sender.write(frame(hl7('1'))).catch(() => {});
  await sender.closed;
  expect(sender.received()).toBe('');
  await eventually(() =>
    expect(gateway.counted('overread_connections_refused_total', { reason })).toBeGreaterThan(0),
  );
  expect(gateway.messages()).toHaveLength(0);
});

test('a certificate file that is not there is named by its setting', async () => {
  await expect(start({ cert: '/nowhere/overread.pem' })).rejects.toMatchObject({
    code: 'OVR_TLS_FILES_UNREADABLE',
    detail: 'gateway.mllp "main".tls ENOENT',
  });
});
