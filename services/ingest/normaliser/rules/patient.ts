import type { ClinicalContext } from '../../../../contracts/index.js';
import { readTime } from './times.js';

const SEXES: Readonly<Record<string, ClinicalContext['sex']>> = { F: 'F', M: 'M', O: 'O', A: 'O' };

/** HL7 table 0001 or DICOM Patient's Sex; unknown and local codes are null. */
export function sexOf(value: string): ClinicalContext['sex'] {
  const key = value.trim().toUpperCase().charAt(0);
  return SEXES[key] ?? null;
}

/** Whole years between a birth date and the examination; null where either is missing or the age is none (0 to 130). */
export function ageOf(birth: string, at: string): number | null {
  const born = readTime(birth);
  const then = readTime(at);
  if (born === null || then === null) return null;
  const beforeBirthday = then.month < born.month || (then.month === born.month && then.day < born.day);
  const age = then.year - born.year - (beforeBirthday ? 1 : 0);
  return age >= 0 && age <= 130 ? age : null;
}
