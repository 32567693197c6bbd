import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { describeScore } from '../../services/cli/score/terminal.js';
import { loadMetric } from '../../services/scoring/index.js';
import { input, scoringConfig } from '../scoring/support/input.js';
import { temporaryFolder } from '../support/temporary.js';
import { jsonLines as lines, overread } from './support/overread.js';

async function files(draft: string, final: string) {
  const folder = await temporaryFolder();
  const paths = ['draft.txt', 'final.txt'].map((name) => join(folder, name)) as [string, string];
  await writeFile(paths[0], draft);
  await writeFile(paths[1], final);
  return paths;
}

describe('two files', () => {
  test('are shown with the marked words, a line for each discrepancy and the verdict last', async () => {
    const paths = await files('No pneumothorax. Heart normal.', 'Small left pneumothorax. Heart normal.');
    const { code, out } = await overread(['score', ...paths]);
    expect(code).toBe(0);
    expect(out).toContain('«No pneumothorax.» Heart normal.');
    expect(out).toMatch(/^URGENT {6}finding, inaccuracy: draft: "No pneumothorax."; final: "Small left/m);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(
      /^Verdict: significant \(worst: urgent, probability 0\.\d{3}\)$/,
    );
  });

  test('give JSON with the same answer as a line of --jsonl', async () => {
    const pair = { draft: 'Lungs clear.', final: 'Left lower lobe pneumonia.' };
    const one = await overread(['score', ...(await files(pair.draft, pair.final)), '--json', '--age', '70']);
    const many = await overread(['score', '--jsonl', '-'], {
      stdin: JSON.stringify({ id: 'a', ...pair, context: { age: 70 } }),
    });
    expect({ id: 'a', ...JSON.parse(one.out) }).toEqual(lines(many)[0]);
  });

  test('that cannot be read are an error with a code and the path', async () => {
    const { code, err } = await overread(['score', '/nowhere/draft.txt', '/nowhere/final.txt']);
    expect(code).toBe(1);
    expect(err).toContain('OVR_SCORE_INPUT_UNREADABLE');
    expect(err).toContain('/nowhere/draft.txt ENOENT');
  });

  test('an unscorable pair is said so, not given a number', async () => {
    const { code, out } = await overread(['score', ...(await files('', 'Lungs clear.'))]);
    expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([0, 'Verdict: unscorable (empty text)']);
  });

  test.each([
    [['score', 'only-one.txt']],
    [['score', 'a.txt', 'b.txt', '--age', 'old']],
    [['score', 'a.txt', 'b.txt', '--sex', 'Q']],
    [['score', 'a.txt', 'b.txt', '--jsonl', '-']],
    [['score', '--jsonl', '-', '--workers', '0']],
  ])('%j is refused before anything starts', async (args) => {
    const { code, err, out } = await overread(args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('error:');
  });
});

describe('JSON lines', () => {
  test('answers come in the order of the lines; a bad line names its number and the others go on', async () => {
    const good = (id: string | number) =>
      JSON.stringify({ id, draft: 'No effusion.', final: 'Large left effusion.' });
    const stdin = [good('a'), '{broken', '', '{"id":"b","draft":"x"}', '[1]', good(7)].join('\n');
    const run = await overread(['score', '--jsonl', '-', '--workers', '2'], { stdin: `${stdin}\r\n` });
    expect(run.code).toBe(1);
    expect(lines(run).map((line) => line.id ?? line.line)).toEqual(['a', 2, 4, 5, 7]);
    expect(lines(run)[1]).toEqual({
      line: 2,
      error: { code: 'OVR_SCORE_LINE_INVALID', message: expect.stringContaining('not JSON') },
    });
    expect(lines(run)[2]).toMatchObject({ error: { message: expect.stringContaining('final') } });
  });

  test('the answer has exactly the documented keys, for scored and unscorable pairs', async () => {
    const stdin = ['Large left effusion.', ''].map((final, id) =>
      JSON.stringify({ id, draft: 'No effusion.', final }),
    );
    const [scored, unscorable] = lines(
      await overread(['score', '--jsonl', '-'], { stdin: stdin.join('\n') }),
    );
    const keys = [
      'id',
      'state',
      'significant',
      'significance',
      'probability',
      'divergence',
      'discrepancies',
      'metric',
    ];
    expect(Object.keys(scored ?? {})).toEqual(keys);
    expect(Object.keys(unscorable ?? {}).sort()).toEqual([...keys, 'reason'].sort());
    expect(scored).toMatchObject({
      state: 'scored',
      significant: true,
      metric: { name: 'overread-rules', version: '1' },
    });
    expect(unscorable).toMatchObject({ state: 'unscorable', reason: 'empty_text', probability: null });
  });

  test('a file without an end of line, in Unicode, keeps its offsets', async () => {
    const path = join(await temporaryFolder(), 'pairs.jsonl');
    await writeFile(
      path,
      JSON.stringify({ id: 1, draft: '💀 No effusion.', final: '💀 é Left effusion.', modality: null }),
    );
    const [answer] = lines(await overread(['score', '--jsonl', path]));
    expect(answer).toMatchObject({
      discrepancies: [{ final: [{ start: 0, end: 19, text: '💀 é Left effusion.' }] }],
    });
  });

  test('a line too long for any pair is refused without being kept', async () => {
    const run = await overread(['score', '--jsonl', '-'], {
      stdin: `{"id":1,"draft":"${'x'.repeat(9_000_000)}"}\n{}\n`,
    });
    expect(lines(run)).toMatchObject([
      { line: 1, error: { code: 'OVR_SCORE_LINE_TOO_LONG' } },
      { line: 2, error: { code: 'OVR_SCORE_LINE_INVALID' } },
    ]);
  });

  test('a file that is not there is an error with a code', async () => {
    const { code, err } = await overread(['score', '--jsonl', '/nowhere.jsonl']);
    expect([code, err.includes('OVR_SCORE_INPUT_UNREADABLE')]).toEqual([1, true]);
  });

  test('no pairs are no error', async () => {
    expect(await overread(['score', '--jsonl', '-'])).toMatchObject({ code: 0, out: '', err: '' });
  });
});

describe('for people', () => {
  const metric = loadMetric(scoringConfig());
  const pair = input(
    'No pneumothorax. The heart is normal.',
    'Small left apical pneumothorax. The heart is normal.',
  );
  const result = { ...metric.score(pair), metric: metric.info };
  const strip = (text: string) =>
    text
      .split('\u001b[')
      .map((piece, i) => (i === 0 ? piece : piece.replace(/^[\d;]*m/, '')))
      .join('');

  test.each([40, 60, 100])('no line is wider than %i columns, with and without colour', (width) => {
    for (const colour of [true, false]) {
      const shown = strip(describeScore(pair, result, { width, colour }))
        .split('\n')
        .slice(0, -2);
      expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  test('colour marks the words by tier; without it nothing escapes', () => {
    expect(describeScore(pair, result, { width: 80, colour: true })).toContain(
      '\u001b[97;41mNo pneumothorax.\u001b[0m',
    );
    expect(describeScore(pair, result, { width: 80, colour: false })).not.toContain('\u001b');
  });

  test('a report cannot speak to the terminal', () => {
    const evil = input('No effusion.\u001b]0;owned\u0007', 'Left effusion.\u009b31m');
    const shown = describeScore(
      evil,
      { ...metric.score(evil), metric: metric.info },
      { width: 80, colour: false },
    );
    expect(/[^\P{Cc}\n]/u.test(shown)).toBe(false);
  });
});

test('--help shows an example', async () => {
  const { code, out } = await overread(['score', '--help']);
  expect(code).toBe(0);
  expect(out).toContain('overread score draft.txt final.txt --modality CR');
});
