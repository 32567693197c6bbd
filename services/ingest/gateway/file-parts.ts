import { type ErrorCode, MEDIA_TYPES, type MediaType } from '../../../contracts/index.js';
import { createFrameReader } from './mllp/frame.js';
import { splitMessages } from './split.js';

/** One part of a file: a message to take in, or bytes to keep as a dead letter. */
export type Part =
  | { readonly kind: 'message'; readonly contentType: MediaType; readonly raw: Buffer }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly raw: Buffer };

const VT = 0x0b;
const FS = 0x1c;
const SPACE = 0x20;
const HEAD_BYTES = 65_536;
const CR = Buffer.from([0x0d]);

const message = (raw: Buffer, contentType: MediaType = MEDIA_TYPES.hl7): Part => ({
  kind: 'message',
  contentType,
  raw,
});
const refused = (code: ErrorCode, raw: Buffer): Part => ({
  kind: 'refused',
  code,
  raw: raw.subarray(0, HEAD_BYTES),
});

/** DICOM PS3.10 7.1: a preamble of 128 bytes, then the prefix. */
export function isDicom(bytes: Buffer): boolean {
  return bytes.toString('latin1', 128, 132) === 'DICM';
}

/** Frames of a capture of MLLP traffic. A frame that is cut off is refused, what stands between frames is not. */
function framedParts(bytes: Buffer): Part[] {
  const reader = createFrameReader(bytes.length);
  // Files written by a tool may end the last frame with FS alone.
  const events = [...reader.push(bytes), ...(bytes.at(-1) === FS ? reader.push(CR) : [])];
  const parts = events.flatMap((event): Part[] => {
    if (event.kind === 'cut') return [refused('OVR_MLLP_FRAME_CUT', event.bytes)];
    if (event.kind !== 'frame') return [];
    const { messages } = splitMessages(event.bytes);
    return messages.length === 0 ? [refused('OVR_HL7_NO_MSH', event.bytes)] : messages.map((m) => message(m));
  });
  return reader.inside() ? [...parts, refused('OVR_MLLP_FRAME_CUT', reader.takePartial())] : parts;
}

/** A message saved together with the end of its frame. */
function withoutFrameEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] ?? 0) <= SPACE) end -= 1;
  const fs = bytes.indexOf(FS, end);
  return fs === -1 ? bytes : bytes.subarray(0, fs);
}

/** A VT before any MSH begins a frame, whatever a capture put first; behind one it is data. */
function isFramed(bytes: Buffer): boolean {
  const vt = bytes.indexOf(VT);
  const msh = bytes.indexOf('MSH');
  return vt !== -1 && (msh === -1 || vt < msh);
}

/**
 * What a file holds: one DICOM object, or HL7 messages, plain or in MLLP frames, byte for byte. Codes of what is no
 * message: OVR_MLLP_FRAME_CUT, OVR_HL7_NO_MSH, OVR_FILE_UNKNOWN, OVR_MESSAGE_TOO_LARGE.
 */
export function partsOf(bytes: Buffer, maxMessageBytes: number): Part[] {
  const parts = isDicom(bytes)
    ? [message(bytes, MEDIA_TYPES.dicom)]
    : isFramed(bytes)
      ? framedParts(bytes)
      : splitMessages(withoutFrameEnd(bytes)).messages.map((raw) => message(raw));
  if (parts.length === 0) return [refused('OVR_FILE_UNKNOWN', bytes)];
  return parts.map((part) =>
    part.kind === 'message' && part.raw.length > maxMessageBytes
      ? refused('OVR_MESSAGE_TOO_LARGE', part.raw)
      : part,
  );
}
