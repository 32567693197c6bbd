import { connect, type Socket } from 'node:net';

export type Ack = {
  readonly code: string;
  readonly controlId: string;
  readonly text: string;
  readonly raw: string;
};

/** The acknowledgements in the bytes of MLLP frames. */
export function acksIn(bytes: string): Ack[] {
  return bytes.split('\x0b').flatMap((part) => {
    const end = part.indexOf('\x1c\r');
    const raw = end === -1 ? '' : part.slice(0, end);
    return [...raw.matchAll(/(?:^|\r)MSA\|(\w\w)\|([^|\r]*)(?:\|([^|\r]*))?/g)].map((msa) => ({
      code: msa[1] ?? '',
      controlId: msa[2] ?? '',
      text: msa[3] ?? '',
      raw,
    }));
  });
}

export type Sender = {
  readonly socket: Socket;
  write(bytes: Buffer | string): Promise<void>;
  /** Waits until so many acknowledgements have come since the connection was opened. */
  acks(count: number): Promise<Ack[]>;
  received(): string;
  closed: Promise<void>;
  end(): void;
};

/** A raw MLLP sender, for what a well-behaved client cannot send. */
export async function rawSender(
  port: number,
  open: () => Socket = () => connect(port, '127.0.0.1'),
): Promise<Sender> {
  const socket = open();
  socket.setNoDelay(true);
  let received = '';
  let wake = () => {};
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
      wake();
    });
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', () => resolve());
  });
  return {
    socket,
    closed,
    received: () => received,
    end: () => socket.destroy(),
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    async acks(count) {
      while (acksIn(received).length < count) {
        if (socket.destroyed) throw new Error(`closed after ${acksIn(received).length} of ${count} ACKs`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return acksIn(received);
    },
  };
}
