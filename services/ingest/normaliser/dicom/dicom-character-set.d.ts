declare module 'dicom-character-set' {
  /** Throws on a term it does not know and on an unknown escape sequence. */
  export function convertBytes(
    specificCharacterSet: string,
    bytes: Uint8Array,
    options?: { vr?: string },
  ): string;
}
