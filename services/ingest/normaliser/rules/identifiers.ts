import type { Alias } from '../../../../contracts/index.js';

/** `{AccessionNumber}`: a vendor's template that nobody filled. */
export const isUnfilled = (value: string): boolean => /^\s*\{[^{}]{0,200}\}\s*$/.test(value);

/** DICOM PS3.5 section 9: components of digits, at most 64 characters. Leading zeros are met and let through. */
export const isUid = (value: string): boolean => value.length <= 64 && /^[0-9]+(\.[0-9]+)+$/.test(value);

const isNumber = (value: string): boolean => /^[^\s{}"]{2,64}$/.test(value);

export type IdentifierValues = {
  readonly accessions: readonly string[];
  readonly studyUids: readonly string[];
  readonly placers: readonly string[];
};

/** Aliases of a study from values found in a message: valid ones only, each once, accessions first. */
export function aliasesOf(values: IdentifierValues, site: string, accession: RegExp): Alias[] {
  const all: Alias[] = [
    ...values.accessions
      .filter((v) => accession.test(v))
      .map((value) => ({ kind: 'accession' as const, site, value })),
    ...values.studyUids.filter(isUid).map((value) => ({ kind: 'study_uid' as const, site: '', value })),
    ...values.placers.filter(isNumber).map((value) => ({ kind: 'placer' as const, site, value })),
  ];
  const seen = new Set<string>();
  return all.filter(({ kind, value }) => {
    const key = `${kind} ${value}`;
    return !seen.has(key) && seen.add(key);
  });
}
