import { describe, expect, test } from '@jest/globals';
import { OverreadError } from '../../../../contracts/index.js';
import { buildAck, newControlId } from '../../../../services/ingest/gateway/mllp/ack.js';
import { answerTo } from '../../../../services/ingest/gateway/mllp/policy.js';
import { readHeader } from '../../../../services/ingest/header.js';

const now = new Date('2026-01-02T03:04:05.678Z');
const header = (msh: string) => readHeader(Buffer.from(msh, 'latin1'));
const ack = (msh: string, problem: Parameters<typeof buildAck>[0]['problem'] = null) =>
  buildAck({
    code: problem === null ? 'AA' : 'AE',
    header: header(msh),
    problem,
    now,
    controlId: 'OVR1',
  }).toString('latin1');

describe('an acknowledgement', () => {
  test('swaps the parties, copies id, processing, version and charset', () => {
    expect(ack('MSH|^~\\&|A|AF|B|BF|20260101||ORU^R01|id 1|T|2.3.1||||||8859/1\rPID|1')).toBe(
      'MSH|^~\\&|B|BF|A|AF|20260102030405+0000||ACK^R01^ACK|OVR1|T|2.3.1||||||8859/1\rMSA|AA|id 1\r',
    );
  });

  test('keeps an empty control id, version and trigger, and delimiters of their own', () => {
    expect(ack('MSH|^~\\&|A|||||||')).toBe('MSH|^~\\&|||A||20260102030405+0000||ACK|OVR1||\rMSA|AA|\r');
    expect(ack('MSH#*~\\&#A#F#B#G###ORU*R01#7#P#2.5')).toContain('##ACK*R01*ACK#OVR1#P#2.5\rMSA#AA#7\r');
  });

  test('gives back the bytes of a control id in any charset', () => {
    expect(ack('MSH|^~\\&|A|F|B|G|||ORU^R01|\xe9\x92|P|2.5')).toContain('MSA|AA|\xe9\x92\r');
  });

  test('lets no control character of the sender into our frame', () => {
    expect(ack('MSH|^~\\&|A|F|B|G|||ORU^R01|1\x1c|P|2.5')).toContain('MSA|AA|1\r');
  });

  test('says what went wrong in at most 80 characters, and in ERR-3, 4 and 8', () => {
    const text = ack('MSH|^~\\&|A|F|B|G|||ORU^R01|1|P|2.5', { condition: '207', text: 'x'.repeat(99) });
    expect(text.split('\r')[1]).toBe(`MSA|AE|1|${'x'.repeat(80)}`);
    expect(text.split('\r')[2]).toBe(`ERR|||207^Application internal error^HL70357|E||||${'x'.repeat(80)}`);
  });

  test('without MSH has an empty MSA-2', () => {
    const text = buildAck({ code: 'AR', header: null, problem: null, now }).toString();
    expect(text).toContain('\rMSA|AR|\r');
  });

  test('has a control id of its own each time', () => {
    expect(new Set(Array.from({ length: 1000 }, newControlId)).size).toBe(1000);
  });
});

const full = new OverreadError('OVR_SPOOL_FULL');
const noMsh = new OverreadError('OVR_HL7_NO_MSH');
const original = { onStoreFailure: 'AE', acknowledgementMode: 'original' } as const;
const auto = { ...original, acknowledgementMode: 'auto' } as const;

/** `MSH-15/MSH-16` of the sender, the error, and the letters of the answer. */
test.each([
  ['original', '/', null, original, 'AA'],
  ['original though MSH-15 is sent', 'AL/AL', null, original, 'AA'],
  ['original, no MSH', '/', noMsh, original, 'AR'],
  ['original, forbidden', '/', new OverreadError('OVR_MESSAGE_TYPE_FORBIDDEN'), original, 'AR'],
  ['original, too large', '/', new OverreadError('OVR_MESSAGE_TOO_LARGE'), original, 'AE'],
  ['store failure as AE', '/', full, original, 'AE'],
  ['store failure as AR', '/', full, { ...original, onStoreFailure: 'AR' } as const, 'AR'],
  ['store failure as close', '/', full, { ...original, onStoreFailure: 'close' } as const, 'close'],
  ['an unknown failure', '/', new Error('x'), original, 'AE'],
  ['auto without MSH-15 and 16', '/', null, auto, 'AA'],
  ['enhanced, always', 'AL/AL', null, auto, 'CA'],
  ['enhanced, always, store failure', 'AL/NE', full, auto, 'CE'],
  ['enhanced, never', 'NE/NE', null, auto, 'silence'],
  ['enhanced, on error only, stored', 'ER/NE', null, auto, 'silence'],
  ['enhanced, on error only, failed', 'ER/NE', full, auto, 'CE'],
  ['enhanced, on success only, stored', 'SU/NE', null, auto, 'CA'],
  ['enhanced, application only', 'NE/AL', null, auto, 'AA'],
])('the answer is by policy: %s (%s)', (_, conditions, error, config, expected) => {
  const [accept, application] = conditions.split('/');
  const of = header(`MSH|^~\\&|A|F|B|G|||ORU^R01|1|P|2.5|||${accept}|${application}`);
  const answer = answerTo(of, error, config);
  expect(answer.kind === 'ack' ? answer.code : answer.kind).toBe(expected);
});
