import type { DataSet } from 'dicom-parser';
import { OverreadError, type ReportVersion } from '../../../../contracts/index.js';
import { authorPseudonym, patientPseudonyms } from '../hl7/patients.js';
import { ignoredBecause, type Reading } from '../result.js';
import { timesOf } from '../rules/clock.js';
import type { FeedRules } from '../rules/feed-rules.js';
import { aliasesOf } from '../rules/identifiers.js';
import { ageOf, sexOf } from '../rules/patient.js';
import { roleOf } from '../rules/role.js';
import { compose, sectionWords } from '../text/compose.js';
import { completeVersion, type MessageFacts } from '../version.js';
import { type ContentItem, contentTree, itemsOf, spokenName } from './content.js';
import { narrativeOf } from './narrative.js';
import { readDataSet } from './read.js';
import { dicomStatus } from './status.js';
import { type DicomText, dicomText } from './text.js';

/** SR storage classes (PS3.4 B.5): Basic Text, Enhanced, Comprehensive, Comprehensive 3D, Extensible, and their like. */
const SR_CLASS = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.88\./;
const KEY_OBJECTS = '1.2.840.10008.5.1.4.1.1.88.59';
const ENCAPSULATED = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.104\./;

const OBSERVER_TYPE = '121005';
const DEVICE = '121007';
const DEVICE_NAME = '121013';
const DEVICE_MODEL = '121015';

/** One DICOM structured report. Throws the OVR_DICOM codes, OVR_STATUS codes and OVR_IDENTIFIER_MISSING. */
export function readDicom(file: Buffer, rules: FeedRules, facts: MessageFacts): Reading {
  const dataSet = readDataSet(file);
  const text = dicomText(dataSet);
  checkClass(text.value(dataSet, 'x00080016'));
  const tree = contentTree(dataSet, text);
  const pieces = narrativeOf(tree, rules);
  if (pieces.length === 0) return ignoredBecause('no_narrative');
  const composed = compose(pieces, '\n', rules.findHeadings);
  if (rules.notReport.some((pattern) => pattern.test(composed.text.trim())))
    return ignoredBecause('not_a_report');
  const flag = (tag: string) => text.value(dataSet, tag);
  const status = dicomStatus(
    [flag('x0040a491'), flag('x0040a493'), flag('x0040a496')],
    itemsOf(dataSet, 'x0040a360').length > 0,
    rules.statuses,
  );
  if (status.value === 'ignore') return ignoredBecause('status');
  const source = sourceOf(dataSet, text, tree, rules, facts.hashKey);
  const addendum = composed.sections.some((s) => s.name === 'addendum');
  const { times, flags } = timesOf(writtenAt(dataSet, text), rules.zone, facts.attributes.receivedat);
  const version = completeVersion(
    {
      site: rules.feed.site,
      controlId: text.value(dataSet, 'x00080018'),
      aliases: identify(dataSet, text, rules),
      role: roleOf({ kind: source.kind, status: status.value, addendum, replacement: false }),
      status,
      source,
      patients: patientPseudonyms([text.value(dataSet, 'x00100020')], '', rules.feed.site, facts.hashKey),
      exam: { modality: null, ...examOf(dataSet, text) },
      context: {
        age: ageIn(dataSet, text),
        sex: sexOf(text.value(dataSet, 'x00100040')),
        indication: sectionWords(composed, 'indication'),
      },
      text: composed.text,
      sections: composed.sections,
      scope: composed.sections.every((s) => s.name === 'addendum') ? 'part' : 'whole',
      processing: 'P',
      times,
      charset: text.charset,
      flags: [...text.flags, ...flags],
    },
    facts,
    rules,
  );
  return { events: [{ type: 'overread.report.received', data: version }], ignored: [] };
}

function checkClass(sopClass: string): void {
  if (ENCAPSULATED.test(sopClass)) throw new OverreadError('OVR_DOCUMENT_NOT_TEXT', 'encapsulated document');
  if (!SR_CLASS.test(sopClass) || sopClass === KEY_OBJECTS) {
    throw new OverreadError(
      'OVR_DICOM_NOT_A_REPORT',
      `SOP class ${/^[\d.]{1,64}$/.test(sopClass) ? sopClass : 'absent'}`,
    );
  }
}

/** Accession and placer stand in the root or in the requests the report answers (0040,A370). */
function identify(dataSet: DataSet, text: DicomText, rules: FeedRules) {
  const requests = [dataSet, ...itemsOf(dataSet, 'x0040a370')];
  const all = (tag: string) => requests.map((item) => text.value(item, tag)).filter((value) => value !== '');
  return aliasesOf(
    {
      accessions: all('x00080050'),
      studyUids: [text.value(dataSet, 'x0020000d')],
      placers: all('x00402016'),
    },
    rules.feed.site,
    rules.accession,
  );
}

/** When it was verified, else when its content was made (0008,0023 and 0008,0033), in the file's own zone if it says one. */
function writtenAt(dataSet: DataSet, text: DicomText): string[] {
  const zone = text.value(dataSet, 'x00080201');
  const verified = itemsOf(dataSet, 'x0040a073').map((observer) => text.value(observer, 'x0040a030'));
  const content = text.value(dataSet, 'x00080023') + text.value(dataSet, 'x00080033');
  return [...verified.sort().toReversed(), content].map((time) =>
    /[+-]\d{4}$/.test(time) ? time : time + zone,
  );
}

function examOf(dataSet: DataSet, text: DicomText): Pick<ReportVersion['exam'], 'code' | 'description'> {
  const [procedure] = itemsOf(dataSet, 'x00081032');
  return {
    code: (procedure === undefined ? '' : text.value(procedure, 'x00080100')) || null,
    description: text.value(dataSet, 'x00081030') || null,
  };
}

/** Patient's Age (`045Y`, weeks and months are under one year or two), else from the birth date. `000Y` means nothing. */
function ageIn(dataSet: DataSet, text: DicomText): number | null {
  const match = /^(\d{3})([DWMY])$/.exec(text.value(dataSet, 'x00101010'));
  const value = Number(match?.[1] ?? 0);
  const perYear = { D: 365.25, W: 52.18, M: 12, Y: 1 }[match?.[2] ?? ''] ?? null;
  if (perYear !== null && value > 0 && value / perYear <= 130) return Math.floor(value / perYear);
  const at = text.value(dataSet, 'x00080020') || text.value(dataSet, 'x00080023');
  return ageOf(text.value(dataSet, 'x00100030'), at);
}

/** Observers anywhere in the observation context (TID 1001). */
function observers(tree: ContentItem): ContentItem[] {
  return tree.items.filter((item) => item.relationship === 'HAS OBS CONTEXT');
}

/**
 * The feed's kind, else: verified by a person is a radiologist's; only a device among the observers is a generator's;
 * anything else is unknown, because both kinds stand side by side in real files and neither decides alone.
 */
function sourceOf(
  dataSet: DataSet,
  text: DicomText,
  tree: ContentItem,
  rules: FeedRules,
  hashKey: string,
): ReportVersion['source'] {
  const context = observers(tree);
  const types = context.filter((item) => item.concept.code === OBSERVER_TYPE).map((item) => item.code);
  const verifiers = itemsOf(dataSet, 'x0040a073');
  const onlyDevice = types.length > 0 && types.every((type) => type === DEVICE);
  const byFacts = verifiers.length > 0 ? 'radiologist' : onlyDevice ? 'ai' : 'unknown';
  const kind = rules.feed.sourceKind === 'any' ? byFacts : rules.feed.sourceKind;
  if (kind !== 'ai') {
    const names = verifiers.map((v) => spokenName(text.value(v, 'x0040a075', 'PN')));
    const person = context.filter((item) => item.type === 'PNAME').map((item) => item.value);
    const [name = ''] = [...names, ...person].filter((n) => n !== '');
    return { kind, generator: null, author: authorPseudonym(`^${name}`, '^', rules.feed.site, hashKey) };
  }
  const observed = (code: string) => context.find((item) => item.concept.code === code)?.value ?? '';
  const sent = observed(DEVICE_NAME) || observed(DEVICE_MODEL) || text.value(dataSet, 'x00081090');
  const { name, version } = rules.feed.generator;
  const generator = {
    name: name ?? (sent || text.value(dataSet, 'x00080070') || 'unknown'),
    version: version ?? (text.value(dataSet, 'x00181020') || 'unknown'),
  };
  return { kind, generator, author: null };
}
