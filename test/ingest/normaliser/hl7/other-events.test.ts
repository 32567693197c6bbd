import { describe, expect, test } from '@jest/globals';
import { pseudonym } from '../../../../services/platform/index.js';
import { bytes, feed, HASH_KEY, run } from '../support.js';

const RIS = feed();
const header = (type: string) => `MSH|^~\\&|RIS|NORTH|||20260201103000||${type}|M1|P|2.5`;
const events = (...lines: string[]) => {
  const result = run(bytes(lines.join('\r')), [RIS]);
  if (result.kind !== 'accepted') throw result.error;
  return result.events.length > 0 ? result.events : result.ignored;
};
const patient = (number: string) => pseudonym(HASH_KEY, 'patient', 'north', number);

describe('patient merges', () => {
  test('A40 says which number goes and which stays, for each pair', () => {
    const merged = events(
      header('ADT^A40'),
      'PID|1||100^^^N~200^^^E',
      'MRG|300^^^N',
      'PID|2||400',
      'MRG|500',
    );
    expect(merged).toMatchObject([
      {
        type: 'overread.patient.merged',
        data: { site: 'north', surviving: [patient('100'), patient('200')], retired: [patient('300')] },
      },
      { data: { surviving: [patient('400')], retired: [patient('500')] } },
    ]);
  });

  test('a merge into itself is none, an incomplete one is refused', () => {
    expect(events(header('ADT^A40'), 'PID|1||100', 'MRG|100')).toEqual([]);
    expect(() => events(header('ADT^A40'), 'PID|1||', 'MRG|100')).toThrow('OVR_MERGE_INCOMPLETE');
    expect(() => events(header('ADT^A40'), 'PID|1||100')).toThrow('OVR_MERGE_INCOMPLETE');
  });
});

describe('identifier corrections', () => {
  const order = (control: string, accession: string) => [
    `ORC|${control}|PL1|${accession}`,
    `OBR|1|PL1|${accession}`,
  ];

  test('a replaced order and its replacement carry the accession over', () => {
    const changed = events(header('ORM^O01'), 'PID|1||100', ...order('RU', 'ACC1'), ...order('RO', 'ACC2'));
    expect(changed).toMatchObject([
      {
        type: 'overread.identifier.corrected',
        data: {
          from: { kind: 'accession', site: 'north', value: 'ACC1' },
          to: { kind: 'accession', site: 'north', value: 'ACC2' },
        },
      },
    ]);
  });

  test.each([
    ['a new order', [order('NW', 'ACC1')]],
    ['a change, which names one number only', [order('XO', 'ACC2')]],
    ['one order split in two', [order('RU', 'ACC1'), order('RO', 'ACC2'), order('RO', 'ACC3')]],
    ['a replacement under the same number', [order('RU', 'ACC1'), order('RO', 'ACC1')]],
  ])('%s is counted and nothing more', (_, orders) => {
    expect(events(header('ORM^O01'), 'PID|1||100', ...orders.flat())).toEqual(['message_type']);
  });
});

test.each(['ADT^A01', 'ADT^A44', 'ACK', 'SIU^S12', 'ORR^O02', ''])('%j is accepted and counted', (type) => {
  expect(events(header(type), 'PID|1||100')).toEqual(['message_type']);
});

test('types a feed ignores are not read', () => {
  const result = run(bytes(`${header('ORU^R01')}\rOBR|1||A1${'|'.repeat(22)}Q`), [
    feed({ ignoreTypes: ['ORU'] }),
  ]);
  expect(result).toMatchObject({ kind: 'accepted', ignored: ['message_type'] });
});

test('a message no feed matches is quarantined, one that is not HL7 is refused', () => {
  const named = feed({ match: { sendingApplication: 'OTHER' } });
  const stranger = run(bytes(header('ORU^R01')), [named]);
  expect(stranger).toMatchObject({
    kind: 'quarantined',
    error: { code: 'OVR_FEED_UNMATCHED', retry: false },
  });
  expect(run(bytes('Unparseable message'), [RIS])).toMatchObject({
    kind: 'refused',
    feed: 'ris',
    error: { code: 'OVR_HL7_UNREADABLE' },
  });
  expect(run(bytes('<x/>'), [RIS], { mediaType: 'text/xml' })).toMatchObject({
    error: { code: 'OVR_MEDIA_TYPE_UNKNOWN' },
  });
});

test('oddities seen at intake stay with the version', () => {
  const text = `${header('ORU^R01')}\rOBR|1||ACC1${'|'.repeat(22)}F\rOBX|1|TX|||Clear.||||||F`;
  const result = run(bytes(text), [RIS], { attributes: { flags: 'reused_control_id' } });
  expect(result).toMatchObject({ events: [{ data: { flags: ['reused_control_id'] } }] });
});
