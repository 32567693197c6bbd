import type { AlertState, Aspect, Kind, Significance, UnscorableReason } from '../../../contracts/index.js';
import type { PartName } from '../text/parts.js';

/** Tiers by word and shape, so that colour is never needed to tell them apart. */
export const TIERS = {
  urgent: { word: 'urgent', shape: '▲', meaning: 'calls for action the same day' },
  actionable: { word: 'actionable', shape: '◆', meaning: 'changes treatment, follow-up or the next test' },
  minor: { word: 'minor', shape: '●', meaning: 'a real difference that changes nothing' },
  none: { word: 'none', shape: '○', meaning: 'only wording differs' },
} as const satisfies Record<Significance, { word: string; shape: string; meaning: string }>;

export const ASPECT_WORDS = {
  finding: 'finding',
  laterality: 'laterality',
  location: 'location',
  severity: 'severity',
  measurement: 'measurement',
  characterisation: 'characterisation',
  certainty: 'certainty',
  temporal_change: 'change over time',
  comparison: 'comparison',
  device: 'device',
  recommendation: 'recommendation',
  patient_or_exam: 'patient or examination',
} as const satisfies Record<Aspect, string>;

export const KIND_WORDS = {
  omission: 'omission: in the final only',
  fabrication: 'fabrication: in the draft only',
  inaccuracy: 'inaccuracy: in both, and they differ',
} as const satisfies Record<Kind, string>;

export const STATE_WORDS = {
  open: 'open',
  acknowledged: 'acknowledged',
  withdrawn: 'withdrawn',
} as const satisfies Record<AlertState, string>;

export const PART_WORDS = {
  report: 'Report',
  impression: 'Impression',
  findings: 'Findings',
  addendum: 'Addendum',
  recommendation: 'Recommendation',
  comparison: 'Comparison',
  comment: 'Comment',
  indication: 'Indication',
  technique: 'Technique',
  other: 'Other text',
  signature: 'Signature',
} as const satisfies Record<PartName, string>;

export const UNSCORABLE_WORDS = {
  empty_text: 'one of the texts is empty',
  not_a_report: 'one of the texts is not a report',
  unfilled_template: 'the draft is a template nobody filled in',
  generator_refusal: 'the generator declined to write a report',
  unsupported_language: 'the language is not one the metric reads',
  different_examination: 'the two texts describe different examinations',
  too_long: 'the texts are longer than the limit',
  time_limit: 'scoring took longer than the limit',
  evaluator_failed: 'the evaluator failed',
} as const satisfies Record<UnscorableReason, string>;

export const NOT_A_CHANNEL = 'retrospective QA — not a critical-result channel';
