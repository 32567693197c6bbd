import { REASONS } from './study/changes.js';
import { OUTCOMES } from './study/decide.js';
import { ARRIVALS, STUDY_STATES, TABLE } from './study/table.js';

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function meanings(title: string, entries: Readonly<Record<string, string>>): readonly string[] {
  const rows = Object.entries(entries).map(([name, meaning]) => row([`\`${name}\``, meaning]));
  return [row([title, 'meaning']), row(['---', '---']), ...rows];
}

/** The written table as Markdown, for docs/pairing.md; a test keeps the page equal to it. */
export function tableAsMarkdown(): string {
  const states = Object.keys(STUDY_STATES);
  const cells = Object.entries(TABLE).map(([arrival, outcomes]) =>
    row([
      `\`${arrival}\``,
      ...Object.values(outcomes).map((cell) => (cell[0] === 'keep' ? '–' : cell.join(', '))),
    ]),
  );
  return [
    row(['arrival', ...states.map((state) => `\`${state}\``)]),
    row(['---', ...states.map(() => '---')]),
    ...cells,
    '',
    ...meanings('arrival', ARRIVALS),
    '',
    ...meanings('state', STUDY_STATES),
    '',
    ...meanings('outcome', OUTCOMES),
    '',
    ...meanings('reason', REASONS),
  ].join('\n');
}
