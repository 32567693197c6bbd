import { z } from 'zod';
import { ClinicalContext, Exam, Generator } from '../report-version.js';
import { ProcessingId, SectionName } from '../vocabulary.js';

/**
 * Body of `POST /api/v1/reports`: one report of a program that does not speak HL7. It names its study by accession,
 * by Study Instance UID, or both. Absent is unknown.
 */
export const ReportSubmission = z
  .strictObject({
    /** Issuer of the accession number, as the feeds name it. */
    site: z.string().min(1).max(200),
    generator: z.strictObject({
      name: Generator.shape.name.max(200),
      version: Generator.shape.version.max(200),
    }),
    accession: z.string().min(1).max(200).optional(),
    studyUid: z
      .string()
      .regex(/^[0-9]+(\.[0-9]+)*$/)
      .max(64)
      .optional(),
    role: z.enum(['draft', 'preliminary', 'final', 'addendum', 'corrected', 'withdrawn']).default('draft'),
    /** The whole text; may be empty where `sections` are given or the report is withdrawn. */
    text: z.string().default(''),
    sections: z.array(z.strictObject({ name: SectionName, text: z.string() })).default([]),
    exam: Exam.partial().prefault({}),
    context: ClinicalContext.partial().prefault({}),
    processing: ProcessingId.default('P'),
    /** When the text was written or signed. */
    time: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((r) => r.accession !== undefined || r.studyUid !== undefined, {
    path: ['accession'],
    message: 'accession or studyUid is needed',
  })
  .refine((r) => r.role === 'withdrawn' || r.text.trim() !== '' || r.sections.length > 0, {
    path: ['text'],
    message: 'text or sections are needed unless the report is withdrawn',
  });
export type ReportSubmission = z.infer<typeof ReportSubmission>;

/** Answer of the intake endpoints, 202: stored durably. A repetition gets the same id again. */
export const IntakeReceipt = z.strictObject({
  messageId: z.string(),
  outcome: z.enum(['stored', 'duplicate', 'ignored']),
});
export type IntakeReceipt = z.infer<typeof IntakeReceipt>;
