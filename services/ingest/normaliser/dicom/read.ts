import { inflateRawSync } from 'node:zlib';
import dicomParser, { type DataSet } from 'dicom-parser';
import { OverreadError } from '../../../../contracts/index.js';

/** What a deflated file may become: a 204 KB file was seen to inflate to 700 MB (measured). */
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;
const PIXEL_DATA = 'x7fe00010';

/** dicom-parser throws strings, `{exception, dataSet}` and errors. */
function refusal(thrown: unknown): OverreadError {
  if (thrown instanceof OverreadError) return thrown;
  const inner =
    typeof thrown === 'object' && thrown !== null && 'exception' in thrown ? thrown.exception : thrown;
  if (inner instanceof OverreadError) return inner;
  // Compared by name: errors of another realm are not `instanceof` ours.
  const name = typeof inner === 'object' && inner !== null && 'name' in inner ? String(inner.name) : '';
  const text = typeof inner === 'object' && inner !== null && 'message' in inner ? String(inner.message) : '';
  if (name === 'RangeError' && text.includes('call stack')) {
    return new OverreadError('OVR_DICOM_TOO_DEEP', 'sequences in sequences', { cause: thrown });
  }
  return new OverreadError('OVR_DICOM_UNREADABLE', '', { cause: thrown });
}

function inflated(file: Buffer, position: number): Buffer {
  try {
    const body = inflateRawSync(file.subarray(position), { maxOutputLength: MAX_INFLATED_BYTES });
    return Buffer.concat([file.subarray(0, position), body]);
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new OverreadError('OVR_DICOM_TOO_LARGE', `limit ${MAX_INFLATED_BYTES} bytes`, { cause });
    }
    throw new OverreadError('OVR_DICOM_UNREADABLE', 'deflated data is broken', { cause });
  }
}

/**
 * The data set of a Part 10 file up to its pixels. Throws OVR_DICOM_UNREADABLE, OVR_DICOM_TOO_LARGE, OVR_DICOM_TOO_DEEP
 * and nothing else.
 */
export function readDataSet(file: Buffer): DataSet {
  try {
    return dicomParser.parseDicom(file, {
      untilTag: PIXEL_DATA,
      inflater: (_bytes, position) => inflated(file, position),
    });
  } catch (thrown) {
    throw refusal(thrown);
  }
}
