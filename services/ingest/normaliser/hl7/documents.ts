import type { Piece } from '../text/compose.js';
import { looksLikeCda, readCda } from './cda.js';
import { decodeBytes } from './charset.js';

/**
 * What an encapsulated document (OBX-2 ED) turned out to be. `unreadable` holds no words for the metric: a PDF, an
 * image, an empty or broken encoding; `kind` is the flag that says so.
 */
export type ReadDocument =
  | {
      readonly readable: true;
      readonly pieces: readonly Piece[];
      readonly orders: readonly string[];
      readonly flag: string;
    }
  | { readonly readable: false; readonly flag: UnreadableFlag };
export type UnreadableFlag = 'pdf_document' | 'binary_document' | 'empty_document' | 'broken_document';

const BASE64 = /^[A-Za-z0-9+/\-_]+={0,2}$/;

function bytesOf(data: string, encoding: string): Buffer | null {
  const kind = encoding.trim().toUpperCase();
  if (kind === 'A' || kind === '') return Buffer.from(data, 'utf8');
  const dense = data.replace(/\s+/g, '');
  if (kind === 'HEX') return /^([0-9A-Fa-f]{2})*$/.test(dense) ? Buffer.from(dense, 'hex') : null;
  return dense === '' || BASE64.test(dense) ? Buffer.from(dense, 'base64') : null;
}

/** `data` is ED.5 after decoding, `encoding` is ED.4: `Base64`, `Hex` or `A` (HL7 table 0299). */
export function readDocument(data: string, encoding: string): ReadDocument {
  const bytes = bytesOf(data, encoding);
  if (bytes === null) return { readable: false, flag: 'broken_document' };
  if (bytes.length === 0) return { readable: false, flag: 'empty_document' };
  return readContent(bytes, true);
}

function readContent(bytes: Buffer, mayNest: boolean): ReadDocument {
  if (bytes.subarray(0, 1024).includes('%PDF-')) return { readable: false, flag: 'pdf_document' };
  const head = bytes.subarray(0, 4096);
  if (head.includes(0) || head.toString('latin1').startsWith('{\\rtf')) {
    return { readable: false, flag: 'binary_document' };
  }
  const { text } = decodeBytes(bytes, '');
  if (!looksLikeCda(text)) {
    const plain = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
    return plain.trim() === ''
      ? { readable: false, flag: 'empty_document' }
      : {
          readable: true,
          pieces: [{ text: plain, section: null, body: true }],
          orders: [],
          flag: 'text_document',
        };
  }
  const { pieces, orders, unstructured } = readCda(text);
  if (pieces.length > 0) return { readable: true, pieces, orders, flag: 'cda_document' };
  if (unstructured === null || !mayNest) return { readable: false, flag: 'empty_document' };
  const inner = bytesOf(unstructured.content, unstructured.base64 ? 'Base64' : 'A');
  if (inner === null) return { readable: false, flag: 'broken_document' };
  const document = readContent(inner, false);
  return document.readable ? { ...document, orders: [...orders, ...document.orders] } : document;
}
