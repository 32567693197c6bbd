import type { Socket } from 'node:net';
import {
  type ErrorCode,
  MEDIA_TYPES,
  type MllpListenerConfig,
  OverreadError,
} from '../../../../contracts/index.js';
import { type Clock, errorCode } from '../../../platform/index.js';
import type { Wire } from '../../feeds.js';
import { readHeader } from '../../header.js';
import type { Intake } from '../intake.js';
import type { Meter } from '../metrics.js';
import type { Report } from '../report.js';
import { splitMessages } from '../split.js';
import { buildAck, newControlId } from './ack.js';
import { createFrameReader, type FrameEvent } from './frame.js';
import { type Answer, answerTo } from './policy.js';

export type ConnectionDeps = {
  readonly config: MllpListenerConfig;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly report: Report;
};

export type Connection = {
  /** Takes no more, answers what is under way, and ends. */
  close(): Promise<void>;
};

const VT = Buffer.from([0x0b]);
const FS_CR = Buffer.from([0x1c, 0x0d]);
/** A sender that is still writing gets this long to read our answer before a reset could overtake it. */
const LINGER_MS = 3_000;

type Answered = { readonly ack: Buffer | null; readonly close: boolean };

/** One sender: its frames are handled one after the other, and reading pauses meanwhile. */
export function serveConnection(socket: Socket, tlsSubject: string, deps: ConnectionDeps): Connection {
  const { config, intake, clock, meter, report } = deps;
  const listener = config.name;
  const wire: Wire = { listener, transport: 'mllp', tlsSubject };
  const reader = createFrameReader(config.maxMessageBytes);
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;
  let closing = false;
  let frameTimer: NodeJS.Timeout | undefined;

  const send = async (bytes: Buffer): Promise<void> => {
    if (!socket.writable) return;
    if (socket.write(Buffer.concat([VT, bytes, FS_CR]))) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  };

  /** Says goodbye so that the last answer arrives: unread bytes at a close would reset the connection. */
  const hangUp = () => {
    closing = true;
    clearTimeout(frameTimer);
    socket.end();
    socket.removeAllListeners('data').resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };

  const turn = (message: Buffer, error: unknown): Answered => {
    const header = readHeader(message);
    const answer: Answer = answerTo(header, error, config);
    if (error !== null) {
      const code = errorCode(error) || 'unknown';
      meter.count('overread_messages_refused_total', { transport: 'mllp', listener, code });
      report('warn', 'a message was refused', { listener, code, bytes: message.length });
    }
    if (answer.kind !== 'ack') return { ack: null, close: answer.kind === 'close' };
    meter.count('overread_acks_total', { listener, code: answer.code });
    const { code, problem } = answer;
    return { ack: buildAck({ code, header, problem, now: clock.now() }), close: false };
  };

  /** HL7 v2 chapter 2.10.3: the acknowledgements of a batch as a batch. */
  const batchOf = (acks: readonly Buffer[]): Buffer =>
    Buffer.concat([
      Buffer.from(`BHS|^~\\&|||||||||${newControlId()}\r`, 'latin1'),
      ...acks,
      Buffer.from(`BTS|${acks.length}\r`, 'latin1'),
    ]);

  const handleFrame = async (bytes: Buffer) => {
    const started = performance.now();
    const { batch, messages } = splitMessages(bytes);
    const all = messages.length === 0 ? [bytes] : messages;
    const outcomes = await Promise.allSettled(
      all.map((raw) => intake.accept({ raw, contentType: MEDIA_TYPES.hl7, wire })),
    );
    const answered = all.map((message, index) => {
      const outcome = outcomes[index];
      return turn(message, outcome?.status === 'rejected' ? outcome.reason : null);
    });
    const acks = answered.map((one) => one.ack).filter((ack) => ack !== null);
    const frames =
      batch && config.batchAcknowledgement === 'per_batch' && acks.length > 0 ? [batchOf(acks)] : acks;
    for (const frame of frames) await send(frame);
    meter.observe('overread_ack_seconds', { listener }, (performance.now() - started) / 1000);
    if (answered.some((one) => one.close)) hangUp();
  };

  /** Keeps what cannot become a message; if even that fails the count and the log remain, there is no one to tell. */
  const keep = async (raw: Buffer, code: ErrorCode, detail = '') => {
    report('warn', 'bytes were kept as a dead letter', { listener, code, bytes: raw.length });
    try {
      await intake.refuse({ raw, contentType: MEDIA_TYPES.hl7, wire, code, detail });
    } catch (error) {
      report('error', 'a dead letter could not be stored', { listener, code: errorCode(error) });
    }
  };

  const cut = async (bytes: Buffer, code: ErrorCode) => {
    meter.count('overread_mllp_cut_frames_total', { listener });
    await keep(bytes, code);
  };

  const handle = async (event: FrameEvent): Promise<void> => {
    switch (event.kind) {
      case 'frame':
        return handleFrame(event.bytes);
      case 'cut':
        return cut(event.bytes, 'OVR_MLLP_FRAME_CUT');
      case 'garbage':
        return meter.count('overread_mllp_garbage_bytes_total', { listener }, event.count);
      case 'oversize': {
        await keep(event.head, 'OVR_MESSAGE_TOO_LARGE', `more than ${config.maxMessageBytes} bytes`);
        if (readHeader(event.head) !== null) {
          const { ack } = turn(event.head, new OverreadError('OVR_MESSAGE_TOO_LARGE'));
          if (ack !== null) await send(ack);
        }
        return hangUp();
      }
    }
  };

  const enqueue = (work: () => Promise<void>) => {
    waiting += 1;
    socket.pause();
    queue = queue
      .then(work)
      .catch((error: unknown) => {
        report('error', 'handling a connection failed', { listener, code: errorCode(error) });
      })
      .finally(() => {
        waiting -= 1;
        if (waiting === 0) socket.resume();
      });
  };

  const endPartial = (code: ErrorCode) => {
    clearTimeout(frameTimer);
    if (!reader.inside()) return;
    const partial = reader.takePartial();
    enqueue(() => cut(partial, code));
  };

  const onFrameTimeout = () => {
    endPartial('OVR_MLLP_FRAME_TIMEOUT');
    socket.destroy();
  };

  const watchFrame = (events: readonly FrameEvent[]) => {
    if (!reader.inside() || events.some((event) => event.kind === 'frame' || event.kind === 'cut')) {
      clearTimeout(frameTimer);
      frameTimer = undefined;
    }
    if (reader.inside()) frameTimer ??= setTimeout(onFrameTimeout, config.messageTimeoutSeconds * 1000);
  };

  socket.setNoDelay(true);
  socket.setTimeout(config.idleTimeoutSeconds * 1000, onFrameTimeout);
  socket.on('data', (chunk: Buffer) => {
    if (closing) return;
    const events = reader.push(chunk);
    watchFrame(events);
    if (events.length === 0) return;
    enqueue(async () => {
      for (const event of events) await handle(event);
    });
  });
  socket.on('error', () => {});
  socket.on('end', () => {
    endPartial('OVR_MLLP_FRAME_CUT');
    queue.then(() => socket.end());
  });
  socket.on('close', () => endPartial('OVR_MLLP_FRAME_CUT'));

  return {
    async close() {
      closing = true;
      endPartial('OVR_MLLP_FRAME_CUT');
      await queue;
      if (socket.destroyed) return;
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        hangUp();
        socket.destroySoon();
      });
    },
  };
}
