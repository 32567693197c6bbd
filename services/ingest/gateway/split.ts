const CR = 0x0d;
const LF = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** A frame or file taken apart. `batch` is true where FHS or BHS leads it. */
export type Split = { readonly batch: boolean; readonly messages: readonly Buffer[] };

const ENVELOPE = new Set(['FHS', 'BHS', 'BTS', 'FTS']);

/** Start and name of each segment. With a CR anywhere, CR ends segments and a bare LF is data; without, LF ends them. */
function* segments(bytes: Buffer): Generator<{ start: number; name: string }> {
  const end = bytes.includes(CR) ? CR : LF;
  for (let start = bytes.subarray(0, 3).equals(BOM) ? 3 : 0; start < bytes.length; ) {
    let at = start;
    while (bytes[at] === LF || bytes[at] === CR) at += 1;
    if (at < bytes.length) yield { start: at, name: bytes.toString('latin1', at, at + 3) };
    const next = bytes.indexOf(end, at);
    start = next === -1 ? bytes.length : next + 1;
  }
}

/**
 * The messages of a frame, each from its MSH to the next or to the end of its batch (HL7 v2 chapter 2.10.3). Two MSH
 * without a batch header are two messages all the same: as one they would put a report on another patient. None
 * where nothing begins with MSH.
 */
export function splitMessages(bytes: Buffer): Split {
  let batch = false;
  let begun: number | null = null;
  let marks = 0;
  const messages: Buffer[] = [];
  for (const { start, name } of segments(bytes)) {
    if (name !== 'MSH' && !ENVELOPE.has(name)) continue;
    marks += 1;
    batch ||= name === 'FHS' || name === 'BHS';
    if (begun !== null) messages.push(bytes.subarray(begun, start));
    begun = name === 'MSH' ? start : null;
  }
  if (begun !== null) messages.push(marks === 1 ? bytes : bytes.subarray(begun));
  return { batch, messages };
}
