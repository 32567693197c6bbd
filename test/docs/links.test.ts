import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot } from '../../services/platform/index.js';
import { anchor, page } from './support/markdown.js';
import { sources, topFolders } from './support/sources.js';

const TOP = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];
const pages = [...TOP, ...topFolders().flatMap((folder) => sources(folder, /\.md$/).map(({ path }) => path))];

const withoutCode = (markdown: string) => markdown.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');

describe('the pages', () => {
  test.each(pages)('every link of %s leads somewhere', (path) => {
    const targets = [...withoutCode(page(path)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    const broken = targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = '', fragment] = target.split('#');
        const to = file === '' ? path : join(dirname(path), file);
        if (!existsSync(join(packageRoot(), to))) return true;
        const anchors = () => [...page(to).matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1] ?? ''));
        return fragment !== undefined && !anchors().includes(fragment);
      });
    expect(broken).toEqual([]);
  });

  test('are all reached from docs/README.md', () => {
    const index = page('docs/README.md');
    const missing = sources('docs', /\.(md|yaml|svg)$/)
      .map(({ path }) => path.slice('docs/'.length))
      .filter((name) => name !== 'README.md' && !index.includes(`](${name})`));
    expect(missing).toEqual([]);
  });
});
