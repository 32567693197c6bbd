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
const NOTHING = Buffer.alloc(0);

/** Grows by doubling, so that a frame that comes byte by byte costs as much as one in a chunk. */
function createStore() {
  let bytes = NOTHING;
  let length = 0;
  const add = (part: Buffer) => {
    if (length + part.length > bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, bytes.length * 2, length + part.length));
      bytes.copy(grown, 0, 0, length);
      bytes = grown;
    }
    part.copy(bytes, length);
    length += part.length;
  };
  const take = (): Buffer => {
    const taken = bytes.subarray(0, length);
    bytes = NOTHING;
    length = 0;
    return taken;
  };
  return {
    length: () => length,
    add,
    take,
    /** All there is with `part` behind it; a frame that came in one chunk is not copied. */
    takeWith(part: Buffer): Buffer {
      if (length === 0) return part;
      add(part);
      return take();
    },
  };
}

/** The next place of a byte at or behind a growing position, the length of the chunk if none; each byte is looked at once. */
function finder(chunk: Buffer, byte: number): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) {
      const at = chunk.indexOf(byte, from);
      found = at === -1 ? chunk.length : at;
    }
    return found;
  };
}

/** MLLP framing (HL7 v2 transport specification, minimal lower layer): VT, message, FS CR. FS alone is data. */
export function createFrameReader(maxMessageBytes: number): FrameReader {
  const store = createStore();
  let inside = false;
  let afterFs = false;
  let dead = false;

  const oversize = (bytes: Buffer): FrameEvent => {
    dead = true;
    inside = false;
    return { kind: 'oversize', head: Buffer.from(bytes.subarray(0, OVERSIZE_HEAD_BYTES)) };
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
      const nextVt = finder(chunk, VT);
      const nextFs = finder(chunk, FS);
      /** Where the garbage or the frame that is being read begins in this chunk. */
      let from = 0;
      let at = 0;
      while (at < chunk.length && !dead) {
        if (!inside) {
          at = nextVt(at);
          if (at > from) events.push({ kind: 'garbage', count: at - from });
          if (at === chunk.length) break;
          inside = true;
        } else if (afterFs && chunk[at] === CR) {
          const whole = store.takeWith(chunk.subarray(from, at));
          const bytes = whole.subarray(0, whole.length - 1);
          events.push(bytes.length > maxMessageBytes ? oversize(bytes) : { kind: 'frame', bytes });
          inside = false;
        } else {
          at = Math.min(nextVt(at), nextFs(at));
          afterFs = chunk[at] === FS;
          if (chunk[at] === VT) {
            events.push({ kind: 'cut', bytes: store.takeWith(chunk.subarray(from, at)) });
          } else {
            at += 1;
            continue;
          }
        }
        afterFs = false;
        at += 1;
        from = at;
      }
      if (dead || !inside) return events;
      store.add(chunk.subarray(from));
      // One byte more may be the FS of a frame that is just as large as allowed.
      if (store.length() > maxMessageBytes + 1) events.push(oversize(store.take()));
      return events;
    },
  };
}
