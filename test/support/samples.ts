import { existsSync } from 'node:fs';

/**
 * Folder that holds `hl7-samples/` and `dicom-samples/`, from OVERREAD_SAMPLES; null where it is missing, which is a
 * failure on CI, because a check that silently does not run is worse than none.
 */
export function samplesFolder(): string | null {
  const folder = process.env.OVERREAD_SAMPLES ?? '';
  if (folder !== '' && existsSync(folder)) return folder;
  if (process.env.CI === 'true')
    throw new Error('OVERREAD_SAMPLES must name the folder of sample messages on CI');
  return null;
}
