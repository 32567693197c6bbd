import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../services/platform/index.js';

export function page(path: string): string {
  return readFileSync(join(packageRoot(), path), 'utf8');
}

const SEPARATOR = /^\|( -+ \|)+$/;

/** Cells of every table row, headings and separators left out. */
export function rows(markdown: string): string[][] {
  const lines = markdown.split('\n');
  return lines
    .filter(
      (line, at) => line.startsWith('| ') && !SEPARATOR.test(line) && !SEPARATOR.test(lines[at + 1] ?? ''),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}

/** The words of a cell that stand in backticks. */
export function code(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** Heading to what stands under it, up to the next heading of the same or a higher level. */
export function sections(markdown: string, level: number): Map<string, string> {
  const found = new Map<string, string>();
  let heading: string | null = null;
  for (const line of markdown.split('\n')) {
    const [, marks = '', title = ''] = /^(#+) (.+)$/.exec(line) ?? [];
    if (marks !== '' && marks.length <= level) heading = marks.length === level ? title : null;
    else if (heading !== null) found.set(heading, `${found.get(heading) ?? ''}${line}\n`);
  }
  return found;
}

/** The anchor GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
}
