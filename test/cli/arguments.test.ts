import { expect, test } from '@jest/globals';
import { moment, number, positiveInteger, serviceRoles } from '../../services/cli/arguments.js';

test.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01T08:30Z', '2026-03-01T08:30:00.000Z'],
  ['2026-03-01T08:30:15+01:00', '2026-03-01T07:30:15.000Z'],
])('a day or a time with its offset is a moment: %s', (text, at) => {
  expect(moment(text)).toBe(at);
});

test.each(['2026-03-01T08:30', '1 March', '2026-13-01', 'yesterday', ''])(
  'a time that is two times, or none, is refused: %s',
  (text) => {
    expect(() => moment(text)).toThrow('a day (2026-03-01) or a time with its offset');
  },
);

test('numbers are what they should be or refused', () => {
  expect([number('0.5'), positiveInteger('3')]).toEqual([0.5, 3]);
  for (const text of ['', ' ', 'x', '-1', 'Infinity']) expect(() => number(text)).toThrow();
  for (const text of ['0', '1.5', 'x']) expect(() => positiveInteger(text)).toThrow();
});

test('roles are known ones, each once, or refused before anything starts', () => {
  expect(serviceRoles('pairing, ingest,pairing')).toEqual(['pairing', 'ingest']);
  for (const text of ['', 'pairing,', 'drift', 'Pairing'])
    expect(() => serviceRoles(text)).toThrow('a list of');
});
