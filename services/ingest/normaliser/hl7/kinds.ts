/** What a message of a type and trigger event is to Overread. */
export type MessageKind =
  | { readonly kind: 'report'; readonly document?: DocumentEvent }
  | { readonly kind: 'merge' }
  | { readonly kind: 'order' }
  | { readonly kind: 'other' };

export type DocumentEvent =
  | 'original'
  | 'status'
  | 'addendum'
  | 'replacement'
  | 'cancellation'
  | 'notification';

/** HL7 v2 chapter 9: MDM trigger events. A notification without content tells nothing that could be paired. */
const DOCUMENT_EVENTS: Readonly<Record<string, DocumentEvent>> = {
  T01: 'notification',
  T02: 'original',
  T03: 'status',
  T04: 'original',
  T05: 'notification',
  T06: 'addendum',
  T07: 'notification',
  T08: 'replacement',
  T09: 'notification',
  T10: 'replacement',
  T11: 'cancellation',
};

/** HL7 v2 chapter 3: events after which every study of MRG-1 is PID-3's. A44 and A45 move an account, not a patient. */
const MERGE_EVENTS = new Set(['A18', 'A30', 'A34', 'A36', 'A39', 'A40', 'A46', 'A47']);

const ORDER_TYPES = new Set(['ORM', 'OMI', 'OMG', 'ORG']);

/**
 * `evn` is EVN-1: senders that only know T02 in MSH-9 name the real event there (seen: MDM^T02 with EVN-1 T10).
 */
export function messageKind(type: string, event: string, evn: string): MessageKind {
  if (type === 'ORU') return { kind: 'report' };
  if (type === 'MDM') {
    const trigger = event === 'T02' && Object.hasOwn(DOCUMENT_EVENTS, evn) ? evn : event;
    const document = Object.hasOwn(DOCUMENT_EVENTS, trigger) ? DOCUMENT_EVENTS[trigger] : 'original';
    return { kind: 'report', document: document ?? 'original' };
  }
  if (type === 'ADT') return MERGE_EVENTS.has(event) ? { kind: 'merge' } : { kind: 'other' };
  return ORDER_TYPES.has(type) ? { kind: 'order' } : { kind: 'other' };
}
