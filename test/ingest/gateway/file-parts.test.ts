import { expect, test } from '@jest/globals';
import { MEDIA_TYPES } from '../../../contracts/index.js';
import { partsOf } from '../../../services/ingest/index.js';
import { frame, hl7 } from './support/messages.js';

const LIMIT = 1_000_000;

/** Messages as text, refusals as their code. */
const parts = (...pieces: readonly (Buffer | string)[]) =>
  partsOf(Buffer.concat(pieces.map((piece) => Buffer.from(piece))), LIMIT).map((part) =>
    part.kind === 'message' ? part.raw.toString('latin1') : part.code,
  );

const [one, two] = [hl7('1'), hl7('2')].map((message) => message.toString('latin1')) as [string, string];

test('a plain file is parted at each MSH, its bytes as they are', () => {
  expect(parts(one)).toEqual([one]);
  expect(parts(one, two)).toEqual([one, two]);
  expect(parts(one, '\r\n', two)).toEqual([`${one}\r\n`, two]);
  expect(parts(one.replaceAll('\r', '\n'), two.replaceAll('\r', '\n'))).toHaveLength(2);
});

test('frames are taken out of a capture, also behind what a tool wrote before the first', () => {
  expect(parts(frame(one), frame(two))).toEqual([one, two]);
  expect(parts('captured 10:00\n', frame(one), '\n', frame(two))).toEqual([one, two]);
  expect(parts(frame(one).subarray(0, -1))).toEqual([one]);
});

test('VT behind the first MSH is data of a plain message', () => {
  const odd = one.replace('No pneumothorax.', 'No\x0bpneumothorax.');
  expect(parts(odd)).toEqual([odd]);
});

test('a frame that is cut off is refused, its neighbours are not', () => {
  expect(parts(frame(one).subarray(0, 40), frame(two))).toEqual(['OVR_MLLP_FRAME_CUT', two]);
  expect(parts(frame(one), frame(two).subarray(0, 40))).toEqual([one, 'OVR_MLLP_FRAME_CUT']);
});

test('what is no message has a code', () => {
  expect(parts('')).toEqual(['OVR_FILE_UNKNOWN']);
  expect(parts('just text')).toEqual(['OVR_FILE_UNKNOWN']);
  expect(parts(frame('hello'))).toEqual(['OVR_HL7_NO_MSH']);
  expect(partsOf(hl7('1'), 20)).toMatchObject([{ kind: 'refused', code: 'OVR_MESSAGE_TOO_LARGE' }]);
});

test('DICOM is one part, whatever bytes are in it', () => {
  const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM\x0bMSH|')]);
  expect(partsOf(dicom, LIMIT)).toEqual([{ kind: 'message', contentType: MEDIA_TYPES.dicom, raw: dicom }]);
});
