import { pseudonym } from '../../../platform/index.js';
import { isUnfilled } from '../rules/identifiers.js';

/**
 * Keyed hashes of patient numbers of a site. The number alone (CX.1) counts, not who assigned it: feeds of one hospital
 * write the same authority in different ways, and DICOM carries none.
 */
export function patientPseudonyms(
  fields: readonly string[],
  component: string,
  site: string,
  hashKey: string,
): string[] {
  const numbers = fields
    .map((field) => (component === '' ? field : (field.split(component, 1)[0] ?? '')).trim())
    .filter((number) => number !== '' && number !== '""' && !isUnfilled(number));
  return [...new Set(numbers)].map((number) => pseudonym(hashKey, 'patient', site, number));
}

/** Keyed hash of a person's identifier, or of the name where a feed sends no identifier; null for an empty field. */
export function authorPseudonym(
  field: string,
  component: string,
  site: string,
  hashKey: string,
): string | null {
  const [id = '', ...name] = component === '' ? [field] : field.split(/[&^]/);
  const person = id.trim() !== '' ? id.trim() : name.join(' ').replace(/\s+/g, ' ').trim();
  return person === '' || person === '~' ? null : pseudonym(hashKey, 'author', site, person.toUpperCase());
}
