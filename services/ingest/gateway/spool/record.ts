import { crc32 } from 'node:zlib';
import { z } from 'zod';
import {
  DeadLetterAttributes,
  MEDIA_TYPES,
  type MediaType,
  MessageAttributes,
} from '../../../../contracts/index.js';

const Common = z.object({
  /** Id of the event it becomes: the same bytes of the same feed have the same id. */
  id: z.string(),
  contentType: z.enum(Object.values(MEDIA_TYPES) as [MediaType, ...MediaType[]]),
  attributes: MessageAttributes,
  /** What must not come twice with other bytes: hash of MSH-3, MSH-4, MSH-10 or of an idempotency key; '' for none. */
  onceKey: z.string(),
});

/** What stands beside the raw bytes of a record. */
export const RecordMeta = z.discriminatedUnion('kind', [
  Common.extend({ kind: z.literal('message') }),
  Common.extend({ kind: z.literal('dead-letter'), reason: DeadLetterAttributes }),
]);
export type RecordMeta = z.infer<typeof RecordMeta>;

export type SpoolRecord = { readonly meta: RecordMeta; readonly raw: Buffer };

/*
 * On disk: "OVR1", length of the body, CRC-32 of the body (both 32 bit, big endian), body; the body is the length of
 * the meta data (32 bit), the meta data as JSON, and the raw bytes. The mark makes a segment readable behind damage.
 */
const MARK = Buffer.from('OVR1', 'latin1');
const HEAD_BYTES = 12;
/** A length above this is damage, not a record: far above every limit of a message. */
const MAX_BODY_BYTES = 1 << 30;

export function encodeRecord({ meta, raw }: SpoolRecord): Buffer {
  const json = Buffer.from(JSON.stringify(meta), 'utf8');
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + 4 + json.length + raw.length);
  MARK.copy(bytes);
  bytes.writeUInt32BE(4 + json.length + raw.length, 4);
  bytes.writeUInt32BE(json.length, HEAD_BYTES);
  json.copy(bytes, HEAD_BYTES + 4);
  raw.copy(bytes, HEAD_BYTES + 4 + json.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(HEAD_BYTES)), 8);
  return bytes;
}

export type Decoded =
  | { readonly kind: 'record'; readonly record: SpoolRecord; readonly next: number }
  /** The record goes on behind the end of the buffer; `need` bytes are wanted from its start. */
  | { readonly kind: 'short'; readonly need: number }
  | { readonly kind: 'bad' };

/** The record that starts at `at`. Its raw bytes are a view into `bytes`. */
export function decodeRecord(bytes: Buffer, at: number): Decoded {
  if (at + HEAD_BYTES > bytes.length) return { kind: 'short', need: HEAD_BYTES };
  if (!bytes.subarray(at, at + 4).equals(MARK)) return { kind: 'bad' };
  const length = bytes.readUInt32BE(at + 4);
  if (length < 4 || length > MAX_BODY_BYTES) return { kind: 'bad' };
  if (at + HEAD_BYTES + length > bytes.length) return { kind: 'short', need: HEAD_BYTES + length };
  const body = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
  if (crc32(body) !== bytes.readUInt32BE(at + 8)) return { kind: 'bad' };
  const metaLength = body.readUInt32BE(0);
  const meta = RecordMeta.parse(JSON.parse(body.toString('utf8', 4, 4 + metaLength)));
  return {
    kind: 'record',
    record: { meta, raw: body.subarray(4 + metaLength) },
    next: at + HEAD_BYTES + length,
  };
}

/** Where the next whole record begins at or behind `from`, or -1. */
export function findRecord(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    if (decodeRecord(bytes, at).kind === 'record') return at;
  }
  return -1;
}
