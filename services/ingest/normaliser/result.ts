import type {
  IdentifierCorrection,
  OverreadError,
  PatientMerge,
  ReportVersion,
} from '../../../contracts/index.js';

export type NormalisedEvent =
  | { readonly type: 'overread.report.received'; readonly data: ReportVersion }
  | { readonly type: 'overread.patient.merged'; readonly data: PatientMerge }
  | { readonly type: 'overread.identifier.corrected'; readonly data: IdentifierCorrection };

/** Why a message, or a report in it, was accepted and counted but led to nothing. */
export type IgnoredReason =
  | 'message_type'
  | 'status'
  | 'no_text'
  | 'not_a_report'
  | 'no_narrative'
  | 'notification_only';

/** What one kind of input was read as. */
export type Reading = {
  readonly events: readonly NormalisedEvent[];
  readonly ignored: readonly IgnoredReason[];
};

export const ignoredBecause = (reason: IgnoredReason): Reading => ({ events: [], ignored: [reason] });

/** `quarantined`: no feed matches. `refused`: a feed matches and the message is not usable; the error's code says why. */
export type NormaliseResult =
  | ({ readonly kind: 'accepted'; readonly feed: string } & Reading)
  | { readonly kind: 'quarantined'; readonly error: OverreadError }
  | { readonly kind: 'refused'; readonly feed: string; readonly error: OverreadError };
