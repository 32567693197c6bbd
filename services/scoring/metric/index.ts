import { createHash } from 'node:crypto';
import type { MetricInfo, MetricInput, MetricResult } from '../../../contracts/index.js';
import { compareAdvice } from './compare/advice.js';
import { axes } from './compare/attributes.js';
import { compareDevices } from './compare/devices.js';
import type { Difference } from './compare/difference.js';
import { readBoth } from './compare/facts.js';
import { compareFindings } from './compare/findings.js';
import { comparePatient } from './compare/patient.js';
import { createNearness } from './compare/place.js';
import { createRelations } from './compare/relations.js';
import { compareUnread } from './compare/unread.js';
import { discrepanciesOf } from './judge/discrepancies.js';
import { createGate } from './judge/gate.js';
import { atPrevalence, calibrate, divergence, evidence } from './judge/probability.js';
import { createLexicon } from './lexicon.js';
import { createReader } from './read/reader.js';
import { createSectionSplitter } from './text/sections.js';
import { createSentenceSplitter } from './text/sentences.js';
import { createStemmer, tokenise } from './text/tokens.js';
import type { SignificanceTable, Vocabulary } from './vocabulary.js';

export { SignificanceTable, Vocabulary } from './vocabulary.js';

const NAME = 'overread-rules';
/** Goes up with every change of the code that can change a score. */
const VERSION = '1';

export type MetricDeps = {
  readonly vocabulary: Vocabulary;
  readonly significance: SignificanceTable;
  /** Share of pairs with a significant difference at the site, in (0, 1). */
  readonly prevalence: number;
  /** Longer texts are `too_long`, in UTF-16 code units. */
  readonly maxCharacters: number;
};

export type Metric = {
  readonly info: MetricInfo;
  /** Both operating points on the scale of `probability`. */
  readonly operatingPoints: { readonly balanced: number; readonly alerting: number };
  /** Pure and synchronous; never throws on any text. Time grows linearly with the length of the texts. */
  score(input: MetricInput): MetricResult;
};

/** Text in, discrepancies out: reads no file, keeps no state, so that one instance serves a worker for its life. */
export function createMetric(deps: MetricDeps): Metric {
  const { vocabulary, significance: table, prevalence, maxCharacters } = deps;
  const { report, modifiers, gate } = vocabulary;
  const stem = createStemmer(report);
  const tokens = (text: string) => tokenise(text, 0, text.length, stem);
  const lexicon = createLexicon(vocabulary, stem, tokens);
  const read = createReader(vocabulary, lexicon);
  const split = createSentenceSplitter(createSectionSplitter(report), report, modifiers.stopWords, stem);
  const unscorable = createGate({ gate, lexicon, stem, tokens, maxCharacters });
  const silent = new Set(report.silentSections);
  const tools = {
    relations: createRelations(vocabulary.findings),
    near: createNearness(vocabulary.anatomy),
    limit: table.limits.candidates,
    table,
    entries: new Map(vocabulary.findings.findings.map((entry) => [entry.id, entry])),
    axisOf: axes(vocabulary),
  };
  const sexWords = { F: new Set(gate.sex.F.map(stem)), M: new Set(gate.sex.M.map(stem)) };
  const probabilityOf = (value: number) =>
    atPrevalence(calibrate(value, table.calibration.knots), prevalence);
  const { balanced, alerting } = table.calibration;
  const alertingPoint = atPrevalence(alerting, prevalence);

  function differences({ draft, final, context }: MetricInput): Difference[] {
    const clinical = (text: string) => split(text).filter(({ section }) => !silent.has(section));
    const all = { draft: clinical(draft), final: clinical(final) };
    const [ours, theirs] = readBoth(all.draft, all.final, read, table.limits.spans);
    return [
      ...compareFindings(ours, theirs, context, tools),
      ...compareDevices(ours, theirs, vocabulary.devices.devices, table),
      ...compareAdvice(ours, theirs, modifiers.advice.tests, table),
      ...comparePatient(all, context, sexWords, table),
      ...compareUnread(ours, theirs, all, { lexicon, table }),
    ];
  }

  return {
    info: { name: NAME, version: VERSION, fingerprint: fingerprint(deps) },
    operatingPoints: { balanced: atPrevalence(balanced, prevalence), alerting: alertingPoint },
    score(input) {
      const reason = unscorable(input);
      if (reason !== null) return { state: 'unscorable', reason };
      const found = input.draft === input.final ? [] : differences(input);
      const discrepancies = discrepanciesOf(found, input, table);
      const weighed = discrepancies.map((d) => ({ tier: d.significance, confidence: d.confidence }));
      const probability = probabilityOf(evidence(weighed));
      return {
        state: 'scored',
        significant: discrepancies.some((d) => d.significant),
        significance: discrepancies[0]?.significance ?? 'none',
        probability,
        divergence: divergence(weighed, table.divergence),
        alertable: probability >= alertingPoint,
        discrepancies,
      };
    },
  };
}

/** Everything that decides a score, hashed: name, version, tables, settings. */
const fingerprint = (deps: MetricDeps) =>
  createHash('sha256')
    .update(JSON.stringify([NAME, VERSION, deps]))
    .digest('hex')
    .slice(0, 16);
