/** Defined terms of Modality (0008,0060), DICOM PS3.3 C.7.3.1.1.1, that stand for an examination of a patient. */
const MODALITIES: ReadonlySet<string> = new Set(
  (
    'AR BDUS BI BMD CR CT CTPROTOCOL DG DMS DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS KER LEN LS MG MR NM ' +
    'OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA POS PT PX RESP RF RG RTIMAGE SM SMR SRF STAIN TG US VA XA XC'
  ).split(' '),
);

/** The first valid code among the values, or null: departments and local codes (`IMG`, `RAD`) are no modality. */
export function modalityOf(values: readonly string[]): string | null {
  return values.map((value) => value.trim().toUpperCase()).find((value) => MODALITIES.has(value)) ?? null;
}
