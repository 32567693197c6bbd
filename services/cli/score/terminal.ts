import type { Discrepancy, MetricInput } from '../../../contracts/index.js';
import type { ScoredBy } from '../../scoring/index.js';

export type Look = { readonly width: number; readonly colour: boolean };
type Tier = Discrepancy['significance'];
type SideName = 'draft' | 'final';

const TIERS: readonly Tier[] = ['minor', 'actionable', 'urgent'];
/** SGR codes: urgent white on red, actionable black on yellow, minor underlined; readable in two colours too. */
const STYLE: Readonly<Record<Tier | 'heading', string>> = {
  urgent: '97;41',
  actionable: '30;43',
  minor: '4',
  heading: '1',
};
const NARROWEST = 40;

/** Both texts with their spans marked, a line for each discrepancy, the verdict last. */
export function describeScore(input: MetricInput, result: ScoredBy, given: Look): string {
  const look = { ...given, width: Math.max(given.width, NARROWEST) };
  const discrepancies = result.state === 'scored' ? result.discrepancies : [];
  const text = (side: SideName) => [
    paint(side.toUpperCase(), 'heading', look),
    ...markedLines(input[side], tiersOf(input[side], side, discrepancies), look),
    '',
  ];
  const lines = discrepancies.flatMap((discrepancy) => describeDiscrepancy(discrepancy, look));
  const list = lines.length > 0 ? [paint('DISCREPANCIES', 'heading', look), ...lines, ''] : [];
  return `${[...text('draft'), ...text('final'), ...list, verdict(result)].join('\n')}\n`;
}

function verdict(result: ScoredBy): string {
  if (result.state === 'unscorable') return `Verdict: unscorable (${result.reason.replaceAll('_', ' ')})`;
  const { significant, significance, probability } = result;
  const word = significant ? 'significant' : 'not significant';
  const worst = significance === 'none' ? 'no discrepancy' : `worst: ${significance}`;
  return `Verdict: ${word} (${worst}, probability ${probability.toFixed(3)})`;
}

const paint = (text: string, style: keyof typeof STYLE, { colour }: Look) =>
  colour ? `\u001b[${STYLE[style]}m${text}\u001b[0m` : text;

/** Control characters would let a report speak to the terminal. One unit for one, so that offsets hold. */
const printable = (text: string) => text.replace(/[^\P{Cc}\n]/gu, ' ');

/** The worst tier at each code unit, 0 for none. */
function tiersOf(text: string, side: SideName, discrepancies: readonly Discrepancy[]): Uint8Array {
  const tiers = new Uint8Array(text.length);
  for (const { significance, [side]: spans } of discrepancies) {
    const rank = TIERS.indexOf(significance) + 1;
    for (const { start, end } of spans) {
      for (let at = start; at < end; at += 1) tiers[at] = Math.max(tiers[at] ?? 0, rank);
    }
  }
  return tiers;
}

/** The text in lines of the width, broken at spaces; without colour a mark is written as «…». */
function markedLines(raw: string, tiers: Uint8Array, look: Look): string[] {
  const text = printable(raw);
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const hardEnd = newline === -1 ? text.length : newline;
    const limit = start + look.width - (look.colour ? 0 : 4);
    const space = hardEnd > limit ? text.lastIndexOf(' ', limit) : -1;
    const end = hardEnd <= limit ? hardEnd : space > start ? space : limit;
    lines.push(markedLine(text, tiers, start, end, look));
    start = text[end] === ' ' || text[end] === '\n' ? end + 1 : end;
  }
  return lines;
}

function markedLine(text: string, tiers: Uint8Array, start: number, end: number, look: Look): string {
  let line = '';
  for (let at = start; at < end; ) {
    const tier = tiers[at] ?? 0;
    let to = at;
    while (to < end && (tiers[to] ?? 0) === tier) to += 1;
    const run = text.slice(at, to);
    const style = TIERS[tier - 1];
    line += style === undefined ? run : look.colour ? paint(run, style, look) : `«${run}»`;
    at = to;
  }
  return line;
}

function describeDiscrepancy(discrepancy: Discrepancy, look: Look): string[] {
  const { significance, aspect, kind, draft, final, explanation } = discrepancy;
  const head = `${significance.toUpperCase().padEnd(10)}  ${aspect.replaceAll('_', ' ')}, ${kind}`;
  const quote = (spans: Discrepancy['draft']) =>
    spans.length === 0
      ? 'not mentioned'
      : spans.map((span) => `"${printable(span.text).replace(/\s+/g, ' ')}"`).join(' and ');
  const body = `draft: ${quote(draft)}; final: ${quote(final)}. ${explanation}`;
  const [first, ...rest] = wrap(`${head}: ${body}`, look.width, '            ');
  const opening = first ?? '';
  return [
    paint(opening.slice(0, significance.length), significance, look) + opening.slice(significance.length),
    ...rest,
  ];
}

function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = line === '' && lines.length === 0 ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
