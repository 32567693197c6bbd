/** What the bytes of a connection turn out to be, in their order. */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly bytes: Buffer }
  /** Begun and cut off by the start of the next: never merged with it, that would put a report on another patient. */
  | { readonly kind: 'cut'; readonly bytes: Buffer }
  | { readonly kind: 'garbage'; readonly count: number }
  /** Over the limit; nothing is read after it. */
  | { readonly kind: 'oversize'; readonly head: Buffer };

export type FrameReader = {
  /** Reads one chunk. Linear in its bytes: nothing is scanned or joined twice. */
  push(chunk: Buffer): FrameEvent[];
  /** A frame has begun and not ended. */
  inside(): boolean;
  /** The unfinished frame, and an end to it. */
  takePartial(): Buffer;
};

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
export const OVERSIZE_HEAD_BYTES = 65_536;
const FIRST_CAPACITY = 16_384;

/** Grows by doubling, so that a frame that comes byte by byte costs as much as one in a chunk. */
function createStore() {
  let bytes = Buffer.allocUnsafe(0);
  let length = 0;
  return {
    length: () => length,
    add(part: Buffer) {
      if (length + part.length > bytes.length) {
        const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, bytes.length * 2, length + part.length));
        bytes.copy(grown, 0, 0, length);
        bytes = grown;
      }
      part.copy(bytes, length);
      length += part.length;
    },
    take(end = length): Buffer {
      const taken = bytes.subarray(0, end);
      bytes = Buffer.allocUnsafe(0);
      length = 0;
      return taken;
    },
  };
}

/** MLLP framing (HL7 v2 transport specification, minimal lower layer): VT, message, FS CR. FS alone is data. */
export function createFrameReader(maxMessageBytes: number): FrameReader {
  const store = createStore();
  let inside = false;
  let afterFs = false;
  let dead = false;

  const oversize = (end: number): FrameEvent => {
    dead = true;
    inside = false;
    return { kind: 'oversize', head: Buffer.from(store.take(end).subarray(0, OVERSIZE_HEAD_BYTES)) };
  };

  return {
    inside: () => inside,
    takePartial() {
      inside = false;
      afterFs = false;
      return store.take();
    },
    push(chunk) {
      const events: FrameEvent[] = [];
      let from = 0;
      const garbageUpTo = (end: number) => {
        if (end > from) events.push({ kind: 'garbage', count: end - from });
      };
      for (let at = 0; at < chunk.length && !dead; at += 1) {
        const byte = chunk[at];
        if (!inside) {
          if (byte !== VT) continue;
          garbageUpTo(at);
          inside = true;
          afterFs = false;
          from = at + 1;
        } else if (byte === VT) {
          store.add(chunk.subarray(from, at));
          events.push({ kind: 'cut', bytes: store.take() });
          afterFs = false;
          from = at + 1;
        } else if (byte === CR && afterFs) {
          store.add(chunk.subarray(from, at));
          const length = store.length() - 1;
          if (length > maxMessageBytes) {
            events.push(oversize(length));
          } else {
            events.push({ kind: 'frame', bytes: store.take(length) });
          }
          inside = false;
          afterFs = false;
          from = at + 1;
        } else {
          afterFs = byte === FS;
        }
      }
      if (dead) return events;
      if (!inside) {
        garbageUpTo(chunk.length);
        return events;
      }
      store.add(chunk.subarray(from));
      // One byte more may be the FS of a frame that is just as large as allowed.
      if (store.length() > maxMessageBytes + 1) events.push(oversize(store.length()));
      return events;
    },
  };
}
