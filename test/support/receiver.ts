import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export type Received = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
export type Answer = (response: ServerResponse, received: Received) => void;

export type Receiver = {
  readonly received: Received[];
  readonly url: string;
  answer(answer: Answer): void;
  /** Nobody listens on the port any more, until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
};

export const OK: Answer = (response) => response.writeHead(204).end();

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(code, headers).end('a body nobody may log: Zzyzx');
}

/** A real HTTP server that keeps what it was sent. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer = OK;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const one = { path: request.url ?? '', headers: request.headers, body };
      received.push(one);
      answer(response, one);
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const away = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    received,
    url: `http://127.0.0.1:${address.port}/hook`,
    answer(next) {
      answer = next;
    },
    away,
    back: () => listen(address.port),
    stop: () => (server.listening ? away() : Promise.resolve()),
  };
}
