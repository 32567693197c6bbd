import { expect, test } from '@jest/globals';
import { overread } from './support/overread.js';

const COMMANDS = [
  'serve',
  'score',
  'normalise',
  'send',
  'simulate',
  'demo',
  'replay',
  'dead-letters',
  'check-config',
  'doctor',
  'load-test',
];

test('the program names its commands', async () => {
  const { code, out } = await overread(['--help']);
  expect(code).toBe(0);
  const named = [...out.matchAll(/^ {2}([a-z-]+) .*$/gm)].map(([, name]) => name);
  expect(named.filter((name) => name !== 'help').sort()).toEqual([...COMMANDS].sort());
});

test.each([...COMMANDS, 'dead-letters list', 'dead-letters show', 'dead-letters retry'])(
  '%s --help shows an example',
  async (command) => {
    const { code, out } = await overread([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples?:\\n +(.*\\n +)?(overread|npm).*${command.split(' ')[0]}`));
  },
);

test('an unknown command, and none, end with 1', async () => {
  expect(await overread(['scor'])).toMatchObject({ code: 1, out: '' });
  expect(await overread([])).toMatchObject({ code: 1, out: '' });
});
