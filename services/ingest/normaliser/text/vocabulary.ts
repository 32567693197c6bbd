import type { SectionName } from '../../../../contracts/index.js';

/**
 * Codes of OBX-3 (code or suffix after `&`), CDA sections and SR concept names to sections. `null` is a code of a whole
 * report or of its body: headings inside decide. Suffixes as Epic and the HL7 chapter 7 example write them; LOINC and
 * DCM codes from loinc.org and DICOM PS3.16 CID 7001.
 */
const CODES: Readonly<Record<string, SectionName | null>> = {
  GDT: null,
  'REPORT TEXT': null,
  '18748-4': null,
  '11528-7': null,
  IMP: 'impression',
  ADT: 'addendum',
  ADN: 'addendum',
  ADDENDUM: 'addendum',
  TCM: 'comment',
  REC: 'recommendation',
  FIND: 'findings',
  FINDINGS: 'findings',
  IMPRESSION: 'impression',
  '59776-5': 'findings',
  '18782-3': 'findings',
  '19005-8': 'impression',
  '55110-1': 'impression',
  '55115-0': 'other',
  '55111-9': 'technique',
  '55114-3': 'comparison',
  '18834-2': 'comparison',
  '18783-1': 'recommendation',
  '18785-6': 'indication',
  '11329-0': 'indication',
  '55107-7': 'addendum',
  '121060': 'indication',
  '121064': 'technique',
  '121068': 'comparison',
  '121070': 'findings',
  '121071': 'findings',
  '121072': 'impression',
  '121073': 'impression',
  '121074': 'recommendation',
  '121075': 'recommendation',
  '121076': 'impression',
  '121077': 'impression',
  '121109': 'indication',
  '121111': 'impression',
};

/** Words of a heading, in upper case, to sections. */
const HEADINGS: Readonly<Record<string, SectionName>> = {
  EXAMINATION: 'other',
  EXAM: 'other',
  PROCEDURE: 'other',
  STUDY: 'other',
  TREATMENT: 'other',
  'CLINICAL HISTORY': 'indication',
  'CLINICAL INFORMATION': 'indication',
  'CLINICAL INDICATION': 'indication',
  'CLINICAL INDICATIONS': 'indication',
  'CLINICAL DETAILS': 'indication',
  'REASON FOR EXAM': 'indication',
  'REASON FOR EXAMINATION': 'indication',
  'REASON FOR STUDY': 'indication',
  'REASON FOR REQUEST': 'indication',
  INDICATION: 'indication',
  INDICATIONS: 'indication',
  HISTORY: 'indication',
  TECHNIQUE: 'technique',
  PROTOCOL: 'technique',
  CONTRAST: 'technique',
  COMPARISON: 'comparison',
  COMPARISONS: 'comparison',
  'COMPARISON STUDY': 'comparison',
  PRIORS: 'comparison',
  FINDINGS: 'findings',
  FINDING: 'findings',
  'PROCEDURE FINDINGS': 'findings',
  OBSERVATIONS: 'findings',
  REPORT: 'findings',
  RESULT: 'findings',
  RESULTS: 'findings',
  'FINDINGS AND IMPRESSION': 'impression',
  'FINDINGS & IMPRESSION': 'impression',
  'FINDINGS/IMPRESSION': 'impression',
  IMPRESSION: 'impression',
  IMPRESSIONS: 'impression',
  CONCLUSION: 'impression',
  CONCLUSIONS: 'impression',
  OPINION: 'impression',
  INTERPRETATION: 'impression',
  DIAGNOSIS: 'impression',
  ASSESSMENT: 'impression',
  SUMMARY: 'impression',
  RECOMMENDATION: 'recommendation',
  RECOMMENDATIONS: 'recommendation',
  'FOLLOW-UP': 'recommendation',
  COMMENT: 'comment',
  COMMENTS: 'comment',
  NOTE: 'comment',
  ADDENDUM: 'addendum',
  ADDENDA: 'addendum',
};

const own = <V>(table: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** Section of a code, null for the code of a body, undefined for a code that says nothing. */
export function sectionOfCode(code: string): SectionName | null | undefined {
  return own(CODES, code.trim().toUpperCase());
}

/** Section of a heading's words without their colon, or null. */
export function sectionOfHeading(words: string): SectionName | null {
  return own(HEADINGS, words.replace(/\s+/g, ' ').replace(/\s*:$/, '').trim().toUpperCase()) ?? null;
}

/** Known headings, longest first, so that "FINDINGS AND IMPRESSION" is not read as "FINDINGS". */
export const HEADING_WORDS: readonly string[] = Object.keys(HEADINGS).sort((a, b) => b.length - a.length);

/** A line that begins like this is who signed, typed or was called, not what was seen. */
export const SIGNATURE =
  /^\s*(?:(?:this (?:document|report) (?:has been|was) )?(?:electronically |digitally )?(?:signed|verified|approved|authenticated|finali[sz]ed) (?:by|on)\b|(?:dictated|transcribed|reported|interpreted|read|typed|requested|attending|resident) by\b|(?:approving|attending|reading|dictating) (?:md|physician|radiologist)\b)/i;
