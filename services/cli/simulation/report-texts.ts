import { FINDINGS, INDICATIONS, NORMAL, NORMAL_IMPRESSION, type SimulatedFinding } from './phrases.js';
import type { Random } from './random.js';

/** How the final differs from the draft. */
export type Divergence = 'unedited' | 'reworded' | 'significant';

export type ReportTexts = {
  readonly indication: string;
  readonly draft: string;
  readonly final: string;
  readonly divergence: Divergence;
};

type Line = { readonly findings: string; readonly impression: string };

const SLOTS = Object.keys(NORMAL) as (keyof typeof NORMAL)[];

function said(finding: SimulatedFinding, wording: number): Line {
  return {
    findings: finding.findings[wording % finding.findings.length] ?? finding.findings[0],
    impression: finding.impression[wording % finding.impression.length] ?? finding.impression[0],
  };
}

function report(lines: ReadonlyMap<keyof typeof NORMAL, Line>, wording: number): string {
  const body = SLOTS.map((slot) => {
    const normal: readonly string[] = NORMAL[slot];
    return lines.get(slot)?.findings ?? normal[wording % normal.length];
  });
  const conclusions = [...lines.values()].map((line) => line.impression);
  const normal = NORMAL_IMPRESSION[wording % NORMAL_IMPRESSION.length] ?? NORMAL_IMPRESSION[0];
  return [
    'FINDINGS:',
    ...body,
    '',
    'IMPRESSION:',
    ...(conclusions.length === 0 ? [normal] : conclusions),
  ].join('\n');
}

/** What the generator made of the findings: one of them missed, one invented, or one said wrongly. */
function mistaken(truth: readonly SimulatedFinding[], random: Random): Map<keyof typeof NORMAL, Line> {
  const lines = new Map(truth.map((finding) => [finding.instead, said(finding, 0)]));
  const victim = truth[0];
  if (victim === undefined) {
    const invented = random.pick(FINDINGS);
    lines.set(invented.instead, said(invented, 0));
    return lines;
  }
  const wrong = victim.mistaken[random.integer(0, victim.mistaken.length)];
  if (wrong === undefined) lines.delete(victim.instead);
  else lines.set(victim.instead, wrong);
  return lines;
}

/** One made-up chest radiograph: the generator's draft and the radiologist's final. */
export function composeReports(random: Random, significantRate: number, uneditedRate: number): ReportTexts {
  const truth = random.chance(0.5) ? [random.pick(FINDINGS)] : [];
  const wording = random.integer(1, 5);
  const lines = new Map(truth.map((finding) => [finding.instead, said(finding, wording)]));
  const indication = random.pick(INDICATIONS);
  if (random.chance(significantRate)) {
    const draft = report(mistaken(truth, random), 0);
    return { indication, draft, final: report(lines, wording), divergence: 'significant' };
  }
  const draft = report(new Map(truth.map((finding) => [finding.instead, said(finding, 0)])), 0);
  if (random.chance(uneditedRate)) return { indication, draft, final: draft, divergence: 'unedited' };
  return { indication, draft, final: report(lines, wording), divergence: 'reworded' };
}
