import { MEDIA_TYPES } from '../../../../contracts/index.js';
import type { SpoolRecord } from '../../../../services/ingest/gateway/spool/index.js';

/** A spool record whose raw bytes are `text`. */
export function record(text: string): SpoolRecord {
  return {
    raw: Buffer.from(text),
    meta: {
      kind: 'message',
      id: `msg_${text.slice(0, 20)}`,
      contentType: MEDIA_TYPES.hl7,
      onceKey: '',
      attributes: {
        feed: 'made-up',
        transport: 'mllp',
        listener: 'main',
        tlssubject: '',
        receivedat: '2026-01-02T03:04:05.678Z',
        quiet: '0',
        flags: '',
      },
    },
  };
}
