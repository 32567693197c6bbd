import { describe, expect, test } from '@jest/globals';
import { ERRORS, OverreadError } from '../../contracts/index.js';
import { errorText } from '../../services/cli/error-text.js';
import { anchor, page, rows, sections } from './support/markdown.js';
import { sources } from './support/sources.js';

const markdown = page('docs/errors.md');
const entries = sections(markdown, 2);
const table = Object.entries(ERRORS);
const codes = Object.keys(ERRORS);

describe('docs/errors.md', () => {
  test('has an entry for every code, and no entry for a code that is gone', () => {
    const headings = [...markdown.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(codes);
  });

  test('says of each code what to do', () => {
    expect(codes.filter((code) => !entries.get(code)?.includes('**What to do.**'))).toEqual([]);
  });

  test('lists every code with what it means and whether it may pass by itself', () => {
    const expected = table.map(([code, { what, retry }]) => [
      `[${code}](#${code.toLowerCase()})`,
      what,
      retry ? 'yes' : 'no',
    ]);
    expect(rows(markdown)).toEqual(expected);
  });

  test('is where the text of an error points to', () => {
    const anchors = new Set([...entries.keys()].map(anchor));
    for (const [code] of table) {
      expect(anchors).toContain(code.toLowerCase());
    }
    const [, fragment] = /docs\/errors\.md#(\S+)/.exec(errorText(new OverreadError('OVR_SPOOL_FULL'))) ?? [];
    expect(anchors).toContain(fragment);
  });
});

describe('the table of errors', () => {
  const text = sources('services')
    .map((source) => source.text)
    .join('\n');

  test('holds no code that nothing raises', () => {
    expect(codes.filter((code) => !text.includes(`'${code}'`) && !text.includes(`${code}:`))).toEqual([]);
  });

  test('holds every code that is raised', () => {
    const raised = [...text.matchAll(/OverreadError\(\s*'(\w+)'/g)].map((match) => match[1] ?? '');
    expect(raised.length).toBeGreaterThan(50);
    expect(raised.filter((code) => !(code in ERRORS))).toEqual([]);
  });
});
