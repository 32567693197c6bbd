import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tableAsMarkdown } from '../../services/pairing/document.js';
import { packageRoot } from '../../services/platform/index.js';

test('docs/pairing.md shows the table that the code is held against', () => {
  const page = readFileSync(join(packageRoot(), 'docs/pairing.md'), 'utf8');
  expect(page.slice(page.indexOf('| arrival |'))).toBe(`${tableAsMarkdown()}\n`);
});
