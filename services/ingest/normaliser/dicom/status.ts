import { OverreadError, type ResultStatus } from '../../../../contracts/index.js';
import type { Status } from '../rules/status.js';

/**
 * Completion (0040,A491), verification (0040,A493) and preliminary flag (0040,A496; often absent) together. A text
 * nobody verified is preliminary, however complete; a feed whose PACS never verifies says so in its statusMap, e.g.
 * `COMPLETE UNVERIFIED: final`.
 */
const FLAGS: Readonly<Record<string, ResultStatus>> = {
  'PARTIAL UNVERIFIED': 'preliminary',
  'PARTIAL UNVERIFIED PRELIMINARY': 'preliminary',
  'PARTIAL UNVERIFIED FINAL': 'preliminary',
  'PARTIAL VERIFIED': 'preliminary',
  'PARTIAL VERIFIED PRELIMINARY': 'preliminary',
  'PARTIAL VERIFIED FINAL': 'final',
  'COMPLETE UNVERIFIED': 'preliminary',
  'COMPLETE UNVERIFIED PRELIMINARY': 'preliminary',
  'COMPLETE UNVERIFIED FINAL': 'final',
  'COMPLETE VERIFIED': 'final',
  'COMPLETE VERIFIED PRELIMINARY': 'preliminary',
  'COMPLETE VERIFIED FINAL': 'final',
};

/** A final report with a predecessor replaces it. Throws OVR_STATUS_MISSING, OVR_STATUS_UNKNOWN. */
export function dicomStatus(
  flags: readonly string[],
  hasPredecessor: boolean,
  own: ReadonlyMap<string, ResultStatus>,
): Status {
  const raw = flags.filter((flag) => flag !== '').join(' ');
  const field = '(0040,A491) (0040,A493) (0040,A496)';
  if (raw === '') throw new OverreadError('OVR_STATUS_MISSING', field);
  const key = raw.toUpperCase();
  const mapped = own.get(key) ?? (Object.hasOwn(FLAGS, key) ? FLAGS[key] : undefined);
  if (mapped === undefined) throw new OverreadError('OVR_STATUS_UNKNOWN', field);
  return { field, raw, value: mapped === 'final' && hasPredecessor ? 'corrected' : mapped };
}
