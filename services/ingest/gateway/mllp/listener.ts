import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { type MllpListenerConfig, OverreadError } from '../../../../contracts/index.js';
import { errorCode } from '../../../platform/index.js';
import { checkBinding, createAllowList } from './bindings.js';
import { type Connection, type ConnectionDeps, serveConnection } from './connection.js';

export type Listener = {
  /** Throws OVR_UNSAFE_BINDING, OVR_ALLOW_LIST_INVALID, OVR_TLS_FILES_UNREADABLE, OVR_PORT_IN_USE or OVR_LISTEN_FAILED. */
  start(): Promise<void>;
  stop(): Promise<void>;
  port(): number;
  listening(): boolean;
};

const HANDSHAKE_TIMEOUT_MS = 10_000;

function createTls(tls: NonNullable<MllpListenerConfig['tls']>, setting: string): Server {
  try {
    return createTlsServer({
      cert: readFileSync(tls.cert),
      key: readFileSync(tls.key),
      ca: readFileSync(tls.ca),
      minVersion: tls.minVersion,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      allowHalfOpen: true,
    });
  } catch (cause) {
    throw new OverreadError('OVR_TLS_FILES_UNREADABLE', `${setting}.tls ${errorCode(cause)}`, { cause });
  }
}

/** The common name of the client certificate; several are joined, so that none is overlooked. */
function commonName(socket: TLSSocket): string {
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name.join(',') : typeof name === 'string' ? name : '';
}

/** One MLLP port, plain or TLS with client certificates. A half-closed sender still gets its acknowledgement. */
export function createListener(deps: ConnectionDeps): Listener {
  const { config, meter, report } = deps;
  const setting = `gateway.mllp "${config.name}"`;
  const connections = new Set<Connection>();
  /** Every accepted socket, those in a TLS handshake too. */
  const sockets = new Set<Socket>();
  let server: Server | null = null;

  const refuse = (socket: Socket, reason: string) => {
    meter.count('overread_connections_refused_total', { listener: config.name, reason });
    report('warn', 'a connection was refused', { listener: config.name, reason });
    socket.destroy();
  };

  const serve = (socket: Socket, tlsSubject: string) => {
    const connection = serveConnection(socket, tlsSubject, deps);
    connections.add(connection);
    meter.set('overread_mllp_connections', { listener: config.name }, connections.size);
    socket.once('close', () => {
      connections.delete(connection);
      meter.set('overread_mllp_connections', { listener: config.name }, connections.size);
    });
  };

  const open = (): Server => {
    checkBinding(config);
    const allowed = createAllowList(config.allowFrom, `${setting} allowFrom`);
    const opened =
      config.tls === null ? createServer({ allowHalfOpen: true }) : createTls(config.tls, setting);
    opened.maxConnections = config.maxConnections;
    opened.on('drop', () => {
      meter.count('overread_connections_refused_total', { listener: config.name, reason: 'too_many' });
    });
    opened.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      if (!allowed(socket.remoteAddress ?? '')) return refuse(socket, 'address');
      if (config.tls === null) serve(socket, '');
    });
    opened.on('secureConnection', (socket: TLSSocket) => {
      const name = commonName(socket);
      const names = config.tls?.clientNames ?? [];
      if (names.length > 0 && !names.includes(name)) return refuse(socket, 'client_name');
      serve(socket, name);
    });
    opened.on('tlsClientError', (_, socket: Socket) => refuse(socket, 'tls'));
    return opened;
  };

  return {
    start: async () => {
      const opened = open();
      await new Promise<void>((resolve, reject) => {
        opened.once('error', (cause) => {
          const code = errorCode(cause) === 'EADDRINUSE' ? 'OVR_PORT_IN_USE' : 'OVR_LISTEN_FAILED';
          const place = `${setting} ${config.host}:${config.port} ${errorCode(cause)}`;
          reject(new OverreadError(code, place, { cause }));
        });
        opened.listen(config.port, config.host, resolve);
      });
      server = opened;
    },
    async stop() {
      const ending = server;
      server = null;
      if (ending === null) return;
      const closed = new Promise<void>((resolve) => ending.close(() => resolve()));
      await Promise.all([...connections].map((connection) => connection.close()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    port: () => {
      const address = server?.address();
      return typeof address === 'object' && address !== null ? address.port : config.port;
    },
    listening: () => server?.listening === true,
  };
}
