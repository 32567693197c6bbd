import { describe, expect, test } from '@jest/globals';
import { FeedConfig } from '../../../../contracts/index.js';
import { timesOf } from '../../../../services/ingest/normaliser/rules/clock.js';
import { modalityOf } from '../../../../services/ingest/normaliser/rules/modality.js';
import { ageOf, sexOf } from '../../../../services/ingest/normaliser/rules/patient.js';
import { roleOf } from '../../../../services/ingest/normaliser/rules/role.js';
import { mapStatus, statusOf } from '../../../../services/ingest/normaliser/rules/status.js';
import { instantOf, readTime, zoneOf } from '../../../../services/ingest/normaliser/rules/times.js';

function instant(text: string, zone = 'UTC'): string | null {
  const written = readTime(text);
  return written === null ? null : `${instantOf(written, zoneOf(zone)).toISOString()} ${written.precision}`;
}

describe('time stamps', () => {
  test.each([
    ['20260105', 'UTC', '2026-01-05T00:00:00.000Z day'],
    ['2026010510', 'UTC', '2026-01-05T10:00:00.000Z hour'],
    ['202601051030', 'UTC', '2026-01-05T10:30:00.000Z minute'],
    ['20260105103015', 'UTC', '2026-01-05T10:30:15.000Z second'],
    ['20260105103015.25', 'UTC', '2026-01-05T10:30:15.250Z second'],
    ['20070317220949787', 'UTC', '2007-03-17T22:09:49.787Z second'],
    ['1994050216163360', 'UTC', '1994-05-02T16:16:33.600Z second'],
    ['19873290800', 'UTC', null],
    ['20260105103', 'UTC', '2026-01-05T10:00:00.000Z hour'],
    ['200801311600+0215', 'America/New_York', '2008-01-31T13:45:00.000Z minute'],
    ['20260105103015-0500', 'UTC', '2026-01-05T15:30:15.000Z second'],
    ['20260105103015', 'America/New_York', '2026-01-05T15:30:15.000Z second'],
    ['20260705103015', 'America/New_York', '2026-07-05T14:30:15.000Z second'],
    // Summer time ends: 02:30 comes twice, the first is meant.
    ['20261025023000', 'Europe/Vienna', '2026-10-25T00:30:00.000Z second'],
    // Summer time begins: 02:30 does not exist.
    ['20260329023000', 'Europe/Vienna', '2026-03-29T01:30:00.000Z second'],
    ['2026-01-05T10:30:15Z', 'Europe/Vienna', '2026-01-05T10:30:15.000Z second'],
    ['2026-01-05 10:30', 'UTC', '2026-01-05T10:30:00.000Z minute'],
    ['20260230103015', 'UTC', null],
    ['20260105250000', 'UTC', null],
    ['202601', 'UTC', null],
    ['{YYYYMMDDHHMMSS}', 'UTC', null],
    ['', 'UTC', null],
  ])('%j in %s', (text, zone, expected) => {
    expect(instant(text, zone)).toBe(expected);
  });

  test('a zone that does not exist is a problem of the configuration', () => {
    const wrong = FeedConfig.safeParse({ name: 'a', site: 'b', match: {}, timezone: 'Mars/Olympus' });
    expect(wrong.error?.issues.map((i) => i.path.join('.'))).toEqual(['timezone']);
  });
});

describe('the clock of a version', () => {
  const received = '2026-02-01T12:00:00.000Z';
  const clock = (candidates: string[], zone = 'UTC') => {
    const { times, flags } = timesOf(candidates, zoneOf(zone), received);
    return [times.clock, times.clockFrom, ...flags];
  };

  test.each([
    [
      'the first that holds hour and minute',
      ['20260201', '20260201110000'],
      ['2026-02-01T11:00:00.000Z', 'source'],
    ],
    ['a sender a little ahead', ['20260201120400'], ['2026-02-01T12:04:00.000Z', 'source']],
    ['none', [], [received, 'received']],
    ['the future', ['20260201130000'], [received, 'received', 'source_time_in_future']],
    ['history', ['20080101120000'], [received, 'received', 'source_time_too_old']],
  ])('%s', (_, candidates, expected) => {
    expect(clock(candidates)).toEqual(expected);
  });

  test('a feed whose zone is set wrongly shows itself as the future', () => {
    expect(clock(['20260201115900'], 'Europe/Vienna')).toEqual(['2026-02-01T10:59:00.000Z', 'source']);
    expect(clock(['20260201115900'], 'America/Chicago')).toEqual([
      received,
      'received',
      'source_time_in_future',
    ]);
  });
});

describe('statuses', () => {
  test.each([
    ['OBR-25', 'A', 'preliminary'],
    ['OBX-11', 'A', 'corrected'],
    ['OBR-25', 'S', 'ignore'],
    ['OBX-11', 'S', 'preliminary'],
    ['OBX-11', 'U', 'promote'],
    ['OBX-11', 'W', 'cancelled'],
    ['OBR-25', 'X', 'cancelled'],
    ['TXA-17', 'LA', 'final'],
    ['TXA-17', 'IP', 'preliminary'],
    ['OBR-25', ' wet read ', 'preliminary'],
    ['ORC-5', 'Final', 'final'],
  ])('%s %s is %s', (field, raw, value) => {
    expect(mapStatus(field, raw, new Map()).value).toBe(value);
  });

  test.each([
    ['OBR-25', 'Q'],
    ['ORC-5', 'CM'],
    ['OBR-25', 'constructor'],
  ])('%s %s is never guessed', (field, raw) => {
    expect(() => mapStatus(field, raw, new Map())).toThrow('OVR_STATUS_UNKNOWN');
  });

  test("the feed's own map wins", () => {
    expect(mapStatus('ORC-5', 'cm', new Map([['CM', 'final']])).value).toBe('final');
    expect(mapStatus('OBR-25', 'R', new Map([['R', 'ignore']])).value).toBe('ignore');
  });

  const order = ['OBR-25', 'OBX-11', 'TXA-17'];
  const status = (fields: Record<string, string>, lines: string[] = []) => {
    const { field, value } = statusOf(order, (name) => fields[name] ?? '', lines, new Map());
    return `${field} ${value}`;
  };

  test('the first filled field of the order decides', () => {
    expect(status({ 'OBR-25': 'P', 'OBX-11': 'F' }, ['F'])).toBe('OBR-25 preliminary');
    expect(status({ 'OBX-11': 'F' }, ['F'])).toBe('OBX-11 final');
    expect(() => status({})).toThrow('OVR_STATUS_MISSING');
  });

  test('lines that all say promoted or withdrawn overrule the order, one of them does not', () => {
    expect(status({ 'OBR-25': 'F' }, ['U', 'U'])).toBe('OBX-11 promote');
    expect(status({ 'OBR-25': 'C' }, ['W'])).toBe('OBX-11 cancelled');
    expect(status({ 'OBR-25': 'F' }, ['F', 'X'])).toBe('OBR-25 final');
  });

  test('a corrected line makes a final a correction', () => {
    expect(status({ 'OBR-25': 'F' }, ['F', 'C'])).toBe('OBX-11 corrected');
    expect(status({ 'OBR-25': 'P' }, ['C'])).toBe('OBR-25 preliminary');
  });
});

test.each([
  ['ai', 'final', false, false, 'draft'],
  ['ai', 'corrected', false, false, 'draft'],
  ['ai', 'cancelled', false, false, 'withdrawn'],
  ['radiologist', 'final', false, false, 'final'],
  ['radiologist', 'promote', false, false, 'final'],
  ['radiologist', 'corrected', true, false, 'corrected'],
  ['radiologist', 'final', true, false, 'addendum'],
  ['resident', 'preliminary', true, false, 'addendum'],
  ['radiologist', 'final', false, true, 'corrected'],
  ['resident', 'preliminary', false, false, 'preliminary'],
  ['unknown', 'preliminary', false, false, 'preliminary'],
  ['radiologist', 'cancelled', true, true, 'withdrawn'],
] as const)('%s, %s, addendum %s, replacement %s: %s', (kind, status, addendum, replacement, role) => {
  expect(roleOf({ kind, status, addendum, replacement })).toBe(role);
});

test('only DICOM codes of examinations are a modality', () => {
  expect(modalityOf(['IMG', 'RAD', 'A999', 'SR', '', ' ct '])).toBe('CT');
  expect(modalityOf(['IMG', 'Gen'])).toBeNull();
});

test('ages are whole years at the examination, and only plausible ones', () => {
  expect(ageOf('19600615', '20260614')).toBe(65);
  expect(ageOf('19600615', '20260615')).toBe(66);
  expect(ageOf('18700101', '20260101')).toBeNull();
  expect(ageOf('20270101', '20260101')).toBeNull();
  expect(ageOf('1960', '20260101')).toBeNull();
  expect(['F', 'm', 'O', 'A', 'U', ''].map(sexOf)).toEqual(['F', 'M', 'O', 'O', null, null]);
});
