import { connect, type Socket } from 'node:net';
import { OverreadError } from '../../../contracts/index.js';

const VT = 0x0b;
const END = Buffer.from([0x1c, 0x0d]);

/** Answer of the receiver to one message: MSA-1 and MSA-3 as sent, '' where absent (HL7 v2.5.1 chapter 2.14.8). */
export type Acknowledgement = { readonly code: string; readonly text: string; readonly raw: Buffer };

/** One MLLP connection: one message in flight, bytes sent as they are, whatever their character set. */
export type MllpClient = {
  send(message: Buffer): Promise<Acknowledgement>;
  close(): Promise<void>;
};

export type MllpTarget = {
  readonly host: string;
  readonly port: number;
  /** An answer that takes longer fails with OVR_NO_ACKNOWLEDGEMENT. */
  readonly timeoutMs: number;
};

function readAcknowledgement(raw: Buffer): Acknowledgement {
  const msa = raw
    .toString('utf8')
    .split(/[\r\n]+/)
    .find((line) => line.startsWith('MSA'));
  const fields = msa?.split('|') ?? [];
  return { code: fields[1] ?? '', text: fields[3] ?? '', raw };
}

function open({ host, port }: MllpTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause) =>
      reject(new OverreadError('OVR_RECEIVER_UNREACHABLE', `${host}:${port}`, { cause })),
    );
  });
}

/** Connects at once. Throws OVR_RECEIVER_UNREACHABLE; `send` throws OVR_NO_ACKNOWLEDGEMENT. */
export async function connectMllp(target: MllpTarget): Promise<MllpClient> {
  const socket = await open(target);
  let received = Buffer.alloc(0);
  let waiting: { resolve(a: Acknowledgement): void; reject(e: unknown): void } | undefined;

  const fail = (detail: string, cause?: unknown) => {
    waiting?.reject(new OverreadError('OVR_NO_ACKNOWLEDGEMENT', detail, { cause }));
    waiting = undefined;
  };
  socket.on('data', (chunk) => {
    received = received.length === 0 ? Buffer.from(chunk) : Buffer.concat([received, chunk]);
    const end = received.indexOf(END);
    if (end < 0) return;
    const start = received.indexOf(VT);
    const answer = received.subarray(start + 1, end);
    received = received.subarray(end + END.length);
    waiting?.resolve(readAcknowledgement(answer));
    waiting = undefined;
  });
  socket.on('error', (cause) => fail('the connection broke', cause));
  socket.on('close', () => fail('the receiver closed the connection'));

  return {
    send(message) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed) {
          return reject(new OverreadError('OVR_NO_ACKNOWLEDGEMENT', 'the connection is closed'));
        }
        const timer = setTimeout(() => {
          fail(`none within ${target.timeoutMs} ms`);
          socket.destroy();
        }, target.timeoutMs);
        waiting = {
          resolve: (acknowledgement) => {
            clearTimeout(timer);
            resolve(acknowledgement);
          },
          reject: (error) => {
            clearTimeout(timer);
            reject(error);
          },
        };
        socket.cork();
        socket.write(Buffer.from([VT]));
        socket.write(message);
        socket.write(END);
        socket.uncork();
      });
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once('close', () => resolve());
        socket.end();
        socket.destroySoon();
      }),
  };
}
