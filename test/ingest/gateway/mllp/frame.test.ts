import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFrameReader, type FrameEvent } from '../../../../services/ingest/gateway/mllp/frame.js';

const read = (chunks: readonly string[], limit = 1000): string[] => {
  const reader = createFrameReader(limit);
  return chunks
    .flatMap((chunk) => reader.push(Buffer.from(chunk, 'latin1')))
    .map((event: FrameEvent) => {
      if (event.kind === 'garbage') return `garbage ${event.count}`;
      return `${event.kind} ${(event.kind === 'oversize' ? event.head : event.bytes).toString('latin1')}`;
    });
};
const bytewise = (text: string) => [...text];

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ['a frame', '\x0bA\x1c\r', ['frame A']],
  ['several frames', '\x0bA\x1c\r\x0bB\x1c\r\x0bC\x1c\r', ['frame A', 'frame B', 'frame C']],
  ['FS alone as data', '\x0bA\x1cB\x1c\r', ['frame A\x1cB']],
  ['FS FS CR as a data FS and an end', '\x0bA\x1c\x1c\r', ['frame A\x1c']],
  ['CR as data', '\x0bA\rB\r\x1c\r', ['frame A\rB\r']],
  ['VT inside a frame as a cut', '\x0bAB\x0bC\x1c\r', ['cut AB', 'frame C']],
  ['VT right behind FS as a cut', '\x0bAB\x1c\x0bC\x1c\r', ['cut AB\x1c', 'frame C']],
  ['an empty frame', '\x0b\x1c\r', ['frame ']],
  ['an end without a start as garbage', 'A\x1c\r', ['garbage 3']],
];

test.each(CASES)('reads %s, in one chunk', (_, bytes, events) => {
  expect(read([bytes])).toEqual(events);
});

test.each(CASES.filter(([name]) => !name.includes('garbage')))(
  'reads %s, byte by byte',
  (_, bytes, events) => {
    expect(read(bytewise(bytes))).toEqual(events);
  },
);

test('reads every way to cut two frames into two chunks alike', () => {
  const bytes = '\x0bfirst\x1cx\x1c\r\x0bsecond\r\x1c\r';
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    expect(read([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(['frame first\x1cx', 'frame second\r']);
  }
});

test('counts the bytes outside of frames', () => {
  expect(read(['xx\x0bA\x1c\r\n\n', 'y\x0bB\x1c\r'])).toEqual([
    'garbage 2',
    'frame A',
    'garbage 2',
    'garbage 1',
    'frame B',
  ]);
});

test('takes a frame of the limit and refuses one byte more, whatever comes after', () => {
  expect(read([`\x0b${'a'.repeat(10)}\x1c\r`], 10)).toEqual([`frame ${'a'.repeat(10)}`]);
  expect(read([`\x0b${'a'.repeat(11)}\x1c\r\x0bB\x1c\r`, '\x0bC\x1c\r'], 10)).toEqual([
    `oversize ${'a'.repeat(11)}`,
  ]);
  expect(read(bytewise(`\x0b${'a'.repeat(10)}\x1c\r`), 10)).toEqual([`frame ${'a'.repeat(10)}`]);
  expect(read(bytewise(`\x0b${'a'.repeat(99)}`), 10)).toEqual([`oversize ${'a'.repeat(12)}`]);
});

test('keeps no more than the head of what is too large', () => {
  const [event] = createFrameReader(1_000_000).push(
    Buffer.concat([Buffer.from([0x0b]), Buffer.alloc(2_000_000, 'a')]),
  );
  expect(event).toMatchObject({ kind: 'oversize' });
  expect(event?.kind === 'oversize' && event.head.length).toBe(65_536);
});

test('costs the same a byte however large the message: 8 MB in chunks of 1 kB', () => {
  const time = (megabytes: number) => {
    const reader = createFrameReader(64_000_000);
    const chunk = Buffer.alloc(1024, 'a');
    const started = performance.now();
    reader.push(Buffer.from([0x0b]));
    for (let i = 0; i < megabytes * 1024; i += 1) reader.push(chunk);
    expect(reader.push(Buffer.from([0x1c, 0x0d]))).toHaveLength(1);
    return performance.now() - started;
  };
  time(4);
  // 8 times the bytes; quadratic work would be 64 times the time.
  expect(time(32)).toBeLessThan(30 * Math.max(time(4), 4));
});

test('a pending frame can be taken and ends there', () => {
  const reader = createFrameReader(100);
  reader.push(Buffer.from('\x0bABC'));
  expect(reader.inside()).toBe(true);
  expect(reader.takePartial().toString()).toBe('ABC');
  expect(reader.inside()).toBe(false);
  expect(reader.push(Buffer.from('\x0bD\x1c\r'))).toEqual([{ kind: 'frame', bytes: Buffer.from('D') }]);
});

/** The rule byte by byte, without a thought for speed. */
function slowly(text: string): string[] {
  const events: string[] = [];
  let frame: string | null = null;
  let garbage = 0;
  const flush = () => {
    if (garbage > 0) events.push(`garbage ${garbage}`);
    garbage = 0;
  };
  for (const byte of text) {
    if (byte === '\x0b') {
      flush();
      if (frame !== null) events.push(`cut ${frame}`);
      frame = '';
    } else if (frame === null) {
      garbage += 1;
    } else if (byte === '\r' && frame.endsWith('\x1c')) {
      events.push(`frame ${frame.slice(0, -1)}`);
      frame = null;
    } else {
      frame += byte;
    }
  }
  flush();
  return events;
}

test('any bytes in any chunks are read as the rule says', () => {
  const piece = fc.string({ unit: fc.constantFrom('\x0b', '\x1c', '\r', 'a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const joined: string[] = [];
      for (const event of read(pieces)) {
        const [kind, count] = event.split(' ');
        const [before, sum] = joined.at(-1)?.split(' ') ?? [];
        if (kind === 'garbage' && before === 'garbage') {
          joined[joined.length - 1] = `garbage ${Number(sum) + Number(count)}`;
        } else joined.push(event);
      }
      expect(joined).toEqual(slowly(pieces.join('')));
    }),
    { numRuns: 2000 },
  );
});
