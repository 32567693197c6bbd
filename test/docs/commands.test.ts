import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandsPage } from '../../services/cli/document/index.js';
import { packageRoot } from '../../services/platform/index.js';
import { page, sections } from './support/markdown.js';

const markdown = page('docs/commands.md');

describe('docs/commands.md', () => {
  test('is what the commands say of themselves (npm run generate)', async () => {
    expect(markdown).toBe(await commandsPage());
  });

  test('has every command that `overread` offers, and no other', () => {
    const program = join(packageRoot(), 'dist/services/cli/index.js');
    const help = execFileSync(process.execPath, [program, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const offered = [...help.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1] ?? '');
    const commands = offered.filter((name) => name !== 'help').sort();
    expect([...sections(markdown, 2).keys()].sort()).toEqual(commands);
  });

  test('shows an example of every command', () => {
    for (const [command, text] of sections(markdown, 2)) {
      expect(text).toMatch(new RegExp(`\\n  overread ${command}`));
    }
  });
});
