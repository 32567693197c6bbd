import { z } from 'zod';
import { ResultStatus, SectionName, SourceKind } from '../vocabulary.js';

/** `SEG-field[.component[.subcomponent]]`, e.g. `OBR-3.1`; `OBX[113014]-5` is field 5 of the OBX whose OBX-3.1 is 113014. */
export const FieldPath = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9]{2}(\[[^\]]+\])?-\d{1,3}(\.\d{1,2}){0,2}$/,
    'a path such as OBR-3.1 or OBX[113014]-5',
  );

const Pattern = z.string().refine((p) => {
  try {
    new RegExp(p, 'iu');
    return true;
  } catch {
    return false;
  }
}, 'a regular expression');

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** All that are given must hold; texts are compared after decoding and trimming. */
export const FeedMatch = z.strictObject({
  sendingApplication: z.string().optional(),
  sendingFacility: z.string().optional(),
  listener: z.string().optional(),
  transport: z.enum(['mllp', 'kafka', 'folder', 'http']).optional(),
  tlsSubject: z.string().optional(),
});
export type FeedMatch = z.infer<typeof FeedMatch>;

/** Decides the author of a version: the first rule whose pattern matches its field wins. */
export const SourceRule = z.strictObject({ field: FieldPath, matches: Pattern, kind: SourceKind });
export type SourceRule = z.infer<typeof SourceRule>;

export const TextRules = z.strictObject({
  types: z
    .array(z.enum(['ST', 'TX', 'FT', 'CWE', 'CE', 'NTE', 'ED']))
    .default(['ST', 'TX', 'FT', 'CWE', 'CE']),
  /** Between two OBX of one section. */
  joiner: z.enum(['line', 'paragraph']).default('line'),
  /** `~` inside TX and FT ends a line. */
  repetitionIsNewline: z.boolean().default(true),
  /** Undo hard wraps and indentation inside a field. */
  reflow: z.boolean().default(false),
  /** Lines that are header, footer or signature. */
  dropLines: z.array(Pattern).default([]),
  /** Repairs a feed that glues OBX segments to the end of another (`| OBX|`). */
  splitGluedSegments: z.boolean().default(false),
  /** OBX-3 codes or suffixes the report is made of; empty: all that are not skipped. */
  onlyCodes: z.array(z.string()).default([]),
  /** OBX-3 codes or suffixes that are no part of the report. */
  skipCodes: z.array(z.string()).default([]),
});
export type TextRules = z.infer<typeof TextRules>;

export const FeedConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes'),
  site: z.string().min(1),
  match: FeedMatch,
  /** Author of every version of this feed; `any` asks `sourceRules`, then the status. */
  sourceKind: z.enum(['ai', 'resident', 'radiologist', 'any']).default('any'),
  sourceRules: z.array(SourceRule).default([]),
  generator: z
    .strictObject({
      name: z.string().optional(),
      namePaths: z.array(FieldPath).default(['OBR-32.1', 'MSH-3']),
      version: z.string().optional(),
      versionPaths: z.array(FieldPath).default(['ZDS-5']),
    })
    .prefault({}),
  statusFrom: z
    .array(z.enum(['OBR-25', 'OBX-11', 'TXA-17', 'ORC-5', 'OBR-23']))
    .default(['OBR-25', 'OBX-11', 'TXA-17']),
  /** Added to the default map of HL7 codes and common words; keys are compared in upper case. */
  statusMap: z.record(z.string(), ResultStatus).default({}),
  identifiers: z
    .strictObject({
      accession: z.array(FieldPath).default(['OBR-3.1', 'ORC-3.1', 'OBR-2.1']),
      studyUid: z.array(FieldPath).default(['ZDS-1.1', 'OBX[113014]-5']),
      placer: z.array(FieldPath).default(['OBR-2.1', 'ORC-2.1']),
      /** The accession of a whole-match; a value that does not match is not an accession. */
      accessionPattern: Pattern.default('^[A-Za-z0-9][A-Za-z0-9._/-]{2,63}$'),
    })
    .prefault({}),
  patient: z.array(FieldPath).default(['PID-3']),
  radiologist: z.array(FieldPath).default(['OBR-32', 'OBR-33', 'TXA-22']),
  resident: z.array(FieldPath).default(['OBR-34', 'OBX-16']),
  modality: z.array(FieldPath).default(['OBR-24']),
  /** When the text was written or signed: the first that holds at least hour and minute. */
  time: z.array(FieldPath).default(['OBR-22.1', 'TXA-8.1', 'TXA-6.1', 'TXA-4.1', 'MSH-7.1']),
  text: TextRules.prefault({}),
  /** OBX-3 code or suffix (after `&`), or words of a heading, in upper case, to section; added to the defaults. */
  sections: z.record(z.string(), SectionName).default({}),
  /** Whole texts that stand for "no report here". */
  notReport: z.array(Pattern).default([]),
  /** Overrides MSH-18. */
  charset: z.string().optional(),
  /** IANA zone of times written without an offset. */
  timezone: z.string().refine(isZone, 'an IANA time zone such as Europe/Vienna').default('UTC'),
  /** Message types (MSH-9.1) accepted and counted but not read. */
  ignoreTypes: z.array(z.string()).default([]),
  /** Message types (MSH-9.1) the contract forbids: answered AR. */
  forbidTypes: z.array(z.string()).default([]),
});
export type FeedConfig = z.infer<typeof FeedConfig>;
