import { z } from 'zod';
import { ProcessingId, ResultStatus, Role, SectionName, SourceKind, Transport } from './vocabulary.js';

/**
 * One identifier of a study. Accession, filler and placer numbers are unique within their site; a Study
 * Instance UID (DICOM PS3.3 C.7.2.1) is unique everywhere, so its `site` is empty.
 */
export const Alias = z.strictObject({
  kind: z.enum(['accession', 'study_uid', 'filler', 'placer']),
  site: z.string(),
  value: z.string().min(1).max(200),
});
export type Alias = z.infer<typeof Alias>;

/** A report generator: the unit that is judged. */
export const Generator = z.strictObject({ name: z.string().min(1), version: z.string() });
export type Generator = z.infer<typeof Generator>;

/** `start` and `end` are UTF-16 code units into the text, end exclusive; sections do not overlap. */
export const Section = z.strictObject({
  name: SectionName,
  start: z.number().int().min(0),
  end: z.number().int().min(0),
});
export type Section = z.infer<typeof Section>;

export const Exam = z.strictObject({
  /** DICOM modality code (PS3.3 C.7.3.1.1.1), or null where the feed does not say. */
  modality: z.string().nullable(),
  code: z.string().nullable(),
  description: z.string().nullable(),
});
export type Exam = z.infer<typeof Exam>;

/** What moves a finding between tiers. Age in whole years. */
export const ClinicalContext = z.strictObject({
  age: z.number().min(0).max(130).nullable(),
  sex: z.enum(['F', 'M', 'O']).nullable(),
  indication: z.string().nullable(),
});
export type ClinicalContext = z.infer<typeof ClinicalContext>;

/**
 * One report text at one moment. `text` is null for a message that changes a status without sending the text
 * again (status-only final, OBX-11 U, withdrawal). `scope` is `part` where the text is an addendum alone.
 * `patients` are keyed hashes of patient numbers; nothing here names a person.
 */
export const ReportVersion = z.strictObject({
  id: z.string().regex(/^rv_[0-9a-f]{32}$/),
  site: z.string().min(1),
  feed: z.string().min(1),
  transport: Transport,
  messageId: z.string(),
  controlId: z.string(),
  aliases: z.array(Alias).min(1),
  role: Role,
  status: z.strictObject({ field: z.string(), raw: z.string(), value: ResultStatus }),
  source: z.strictObject({
    kind: SourceKind,
    generator: Generator.nullable(),
    /** Keyed hash of the author's identifier; people appear as numbers. */
    author: z.string().nullable(),
  }),
  patients: z.array(z.string()),
  exam: Exam,
  context: ClinicalContext,
  text: z.string().nullable(),
  textHash: z.string().nullable(),
  sections: z.array(Section),
  scope: z.enum(['whole', 'part']),
  processing: ProcessingId,
  times: z.strictObject({
    /** What the source says about when the text was written or signed; null where absent or implausible. */
    source: z.iso.datetime({ offset: true }).nullable(),
    received: z.iso.datetime({ offset: true }),
    clock: z.iso.datetime({ offset: true }),
    clockFrom: z.enum(['source', 'received']),
  }),
  normaliser: z.string(),
  charset: z.string(),
  /** Oddities worth showing to IT, e.g. `reused_control_id`, `charset_fallback`, `coded_text`. */
  flags: z.array(z.string()),
});
export type ReportVersion = z.infer<typeof ReportVersion>;

/** ADT A40 and its like: every study of `retired` belongs to `surviving` from now on. Values are keyed hashes. */
export const PatientMerge = z.strictObject({
  id: z.string(),
  site: z.string(),
  feed: z.string(),
  messageId: z.string(),
  surviving: z.array(z.string()).min(1),
  retired: z.array(z.string()).min(1),
  received: z.iso.datetime({ offset: true }),
});
export type PatientMerge = z.infer<typeof PatientMerge>;

/** An order or study got another number: `to` identifies what `from` identified. */
export const IdentifierCorrection = z.strictObject({
  id: z.string(),
  site: z.string(),
  feed: z.string(),
  messageId: z.string(),
  from: Alias,
  to: Alias,
  received: z.iso.datetime({ offset: true }),
});
export type IdentifierCorrection = z.infer<typeof IdentifierCorrection>;
