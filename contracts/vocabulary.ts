import { z } from 'zod';

/** What a report version is in the life of its study. A preliminary is a human's; a draft is a generator's. */
export const Role = z.enum(['draft', 'preliminary', 'final', 'addendum', 'corrected', 'withdrawn']);
export type Role = z.infer<typeof Role>;

/** Who wrote a text. `unknown` is never guessed away: such versions are kept and not paired. */
export const SourceKind = z.enum(['ai', 'resident', 'radiologist', 'unknown']);
export type SourceKind = z.infer<typeof SourceKind>;

/** Result status after a feed's status map (HL7 tables 0123 and 0085, TXA-17, and the words real feeds write). */
export const ResultStatus = z.enum(['preliminary', 'final', 'corrected', 'promote', 'cancelled', 'ignore']);
export type ResultStatus = z.infer<typeof ResultStatus>;

/** HL7 table 0103: production, training, debugging. Only production may alert. */
export const ProcessingId = z.enum(['P', 'T', 'D']);
export type ProcessingId = z.infer<typeof ProcessingId>;

export const Transport = z.enum(['mllp', 'kafka', 'folder', 'http']);
export type Transport = z.infer<typeof Transport>;

export const SectionName = z.enum([
  'findings',
  'impression',
  'addendum',
  'comment',
  'recommendation',
  'indication',
  'technique',
  'comparison',
  'signature',
  'other',
]);
export type SectionName = z.infer<typeof SectionName>;

export const Aspect = z.enum([
  'finding',
  'laterality',
  'location',
  'severity',
  'measurement',
  'characterisation',
  'certainty',
  'temporal_change',
  'comparison',
  'device',
  'recommendation',
  'patient_or_exam',
]);
export type Aspect = z.infer<typeof Aspect>;

/** omission: in the final only; fabrication: in the draft only; inaccuracy: in both, and they differ. */
export const Kind = z.enum(['omission', 'fabrication', 'inaccuracy']);
export type Kind = z.infer<typeof Kind>;

/** Tiers from worst to none; the order of the list is the order of severity everywhere. */
export const Significance = z.enum(['urgent', 'actionable', 'minor', 'none']);
export type Significance = z.infer<typeof Significance>;

export const UnscorableReason = z.enum([
  'empty_text',
  'not_a_report',
  'unfilled_template',
  'generator_refusal',
  'unsupported_language',
  'different_examination',
  'too_long',
  'time_limit',
  'evaluator_failed',
]);
export type UnscorableReason = z.infer<typeof UnscorableReason>;

const ATTRIBUTE_OF_A_FINDING: readonly Kind[] = ['inaccuracy'];
const ALL_KINDS: readonly Kind[] = ['omission', 'fabrication', 'inaccuracy'];

/**
 * Which kinds an aspect can have. An attribute of a finding cannot be missing or invented without the
 * finding itself, except where the words can be dropped or added on their own.
 */
export const VALID_KINDS: Readonly<Record<Aspect, readonly Kind[]>> = {
  finding: ALL_KINDS,
  laterality: ATTRIBUTE_OF_A_FINDING,
  location: ATTRIBUTE_OF_A_FINDING,
  severity: ATTRIBUTE_OF_A_FINDING,
  measurement: ALL_KINDS,
  characterisation: ALL_KINDS,
  certainty: ATTRIBUTE_OF_A_FINDING,
  temporal_change: ALL_KINDS,
  comparison: ALL_KINDS,
  device: ALL_KINDS,
  recommendation: ALL_KINDS,
  patient_or_exam: ALL_KINDS,
};
