import { OverreadError, type ResultStatus } from '../../../../contracts/index.js';

type StatusMap = ReadonlyMap<string, ResultStatus>;

const table = (values: Readonly<Record<string, ResultStatus>>): StatusMap => new Map(Object.entries(values));

/** Words that real feeds write in OBR-25, OBX-11 and ORC-5 in place of codes. */
const WORDS = table({
  FINAL: 'final',
  FINALIZED: 'final',
  FINALISED: 'final',
  'FINAL RESULT': 'final',
  SIGNED: 'final',
  VERIFIED: 'final',
  APPROVED: 'final',
  AUTHENTICATED: 'final',
  ADDENDUM: 'final',
  ADDENDED: 'final',
  PRELIM: 'preliminary',
  PRELIMINARY: 'preliminary',
  'PRELIMINARY RESULT': 'preliminary',
  'WET READ': 'preliminary',
  DRAFT: 'preliminary',
  DICTATED: 'preliminary',
  TRANSCRIBED: 'preliminary',
  UNVERIFIED: 'preliminary',
  CORRECTED: 'corrected',
  AMENDED: 'corrected',
  REVISED: 'corrected',
  CANCELLED: 'cancelled',
  CANCELED: 'cancelled',
  DELETED: 'cancelled',
  RETRACTED: 'cancelled',
  'WRONG PATIENT': 'cancelled',
  ORDERED: 'ignore',
  SCHEDULED: 'ignore',
  ARRIVED: 'ignore',
  PENDING: 'ignore',
  'IN PROGRESS': 'ignore',
  'EXAM COMPLETE': 'ignore',
});

/** HL7 table 0123. A and R hold text nobody has signed; M is corrected and not final. */
const RESULT_STATUS = table({
  A: 'preliminary',
  C: 'corrected',
  F: 'final',
  I: 'ignore',
  M: 'preliminary',
  N: 'ignore',
  O: 'ignore',
  P: 'preliminary',
  R: 'preliminary',
  S: 'ignore',
  X: 'cancelled',
  Y: 'ignore',
  Z: 'ignore',
});

/** HL7 table 0085. U: the preliminary becomes final without its text being sent again. W: posted to the wrong patient. */
const OBSERVATION_STATUS = table({
  A: 'corrected',
  B: 'corrected',
  C: 'corrected',
  D: 'cancelled',
  F: 'final',
  I: 'ignore',
  N: 'ignore',
  O: 'ignore',
  P: 'preliminary',
  R: 'preliminary',
  S: 'preliminary',
  U: 'promote',
  V: 'final',
  W: 'cancelled',
  X: 'cancelled',
});

/** HL7 table 0271, and AV and CA of 0273, which are seen in TXA-17 too. */
const DOCUMENT_STATUS = table({
  AU: 'final',
  LA: 'final',
  AV: 'final',
  DI: 'preliminary',
  DO: 'preliminary',
  IN: 'preliminary',
  IP: 'preliminary',
  PA: 'preliminary',
  CA: 'cancelled',
});

/** Codes in ORC-5 are order statuses (table 0038) and say nothing of the text: there only words count. */
const MAPS: ReadonlyMap<string, StatusMap> = new Map([
  ['OBR-25', RESULT_STATUS],
  ['OBR-23', RESULT_STATUS],
  ['OBX-11', OBSERVATION_STATUS],
  ['TXA-17', DOCUMENT_STATUS],
]);

export type Status = { readonly field: string; readonly raw: string; readonly value: ResultStatus };

/** A value of one field in words of the product. Throws OVR_STATUS_UNKNOWN: a status is never guessed. */
export function mapStatus(field: string, raw: string, own: ReadonlyMap<string, ResultStatus>): Status {
  const key = raw.trim().toUpperCase();
  const value = own.get(key) ?? MAPS.get(field)?.get(key) ?? WORDS.get(key);
  if (value === undefined) {
    throw new OverreadError('OVR_STATUS_UNKNOWN', `${field} holds a value of ${raw.length} characters`);
  }
  return { field, raw, value };
}

/** Every value of OBX-11 that overrides OBR-25 when all lines of the report carry it. */
const OVERRULES: ReadonlySet<ResultStatus> = new Set(['promote', 'cancelled']);

/**
 * The status of a report: the first field of the feed's order that is filled. Two exceptions, both where OBX-11 is among
 * them: when every line of the report says promoted or withdrawn, the order's own status (mostly F or C) does not matter;
 * and a corrected line makes a final a corrected one.
 */
export function statusOf(
  order: readonly string[],
  read: (field: string) => string,
  lines: readonly string[],
  own: ReadonlyMap<string, ResultStatus>,
): Status {
  const field = order.find((name) => read(name) !== '');
  const first = field === undefined ? null : mapStatus(field, read(field), own);
  if (order.includes('OBX-11')) {
    const mapped = lines.filter((raw) => raw !== '').map((raw) => mapStatus('OBX-11', raw, own));
    const [line] = mapped;
    if (line !== undefined && mapped.every((s) => s.value === line.value) && OVERRULES.has(line.value)) {
      return line;
    }
    const corrected = mapped.find((s) => s.value === 'corrected');
    if (first?.value === 'final' && corrected !== undefined) return corrected;
  }
  if (first === null) throw new OverreadError('OVR_STATUS_MISSING', order.join(', '));
  return first;
}
