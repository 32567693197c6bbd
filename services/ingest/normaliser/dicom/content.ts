import type { DataSet } from 'dicom-parser';
import { OverreadError } from '../../../../contracts/index.js';
import type { DicomText } from './text.js';

const TAG = {
  relationship: 'x0040a010',
  valueType: 'x0040a040',
  conceptName: 'x0040a043',
  continuity: 'x0040a050',
  dateTime: 'x0040a120',
  date: 'x0040a121',
  time: 'x0040a122',
  personName: 'x0040a123',
  uid: 'x0040a124',
  text: 'x0040a160',
  code: 'x0040a168',
  measured: 'x0040a300',
  number: 'x0040a30a',
  units: 'x004008ea',
  content: 'x0040a730',
  codeValue: 'x00080100',
  codeMeaning: 'x00080104',
} as const;

/** Real reports are nested some ten levels deep. */
const MAX_DEPTH = 64;

/** One content item of a structured report (PS3.3 C.17.3), its value as words, or '' for what has none. */
export type ContentItem = {
  readonly type: string;
  readonly relationship: string;
  readonly concept: { readonly code: string; readonly meaning: string };
  /** Value of a CODE as its code. */
  readonly code: string;
  readonly value: string;
  readonly continuous: boolean;
  readonly items: readonly ContentItem[];
};

/** Data sets of a sequence. */
export function itemsOf(dataSet: DataSet, tag: string): DataSet[] {
  return (dataSet.elements[tag]?.items ?? []).flatMap((item) =>
    item.dataSet === undefined ? [] : [item.dataSet],
  );
}

/** `Klugman^Ann^^Dr.` as it is read aloud: prefix, given, middle, family, suffix. */
export function spokenName(name: string): string {
  const [family, given, middle, prefix, suffix] = (name.split('=', 1)[0] ?? '')
    .split('^')
    .map((part) => part.trim());
  return [prefix, given, middle, family, suffix]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** Number and unit: `3 cm`. A unit of 1 or in braces (UCUM) is no word. */
function measurement(dataSet: DataSet, text: DicomText): string {
  const [measured] = itemsOf(dataSet, TAG.measured);
  if (measured === undefined) return '';
  const [units] = itemsOf(measured, TAG.units);
  const unit = units === undefined ? '' : text.value(units, TAG.codeValue);
  const number = text.value(measured, TAG.number);
  return unit === '' || unit === '1' || unit.startsWith('{') ? number : `${number} ${unit}`;
}

function wordsOf(type: string, dataSet: DataSet, text: DicomText): string {
  switch (type) {
    case 'TEXT':
      return text.text(dataSet, TAG.text);
    case 'PNAME':
      return spokenName(text.value(dataSet, TAG.personName, 'PN'));
    case 'CODE':
      return itemsOf(dataSet, TAG.code)
        .map((code) => text.value(code, TAG.codeMeaning))
        .join(', ');
    case 'NUM':
      return measurement(dataSet, text);
    case 'DATE':
      return text.value(dataSet, TAG.date);
    case 'TIME':
      return text.value(dataSet, TAG.time);
    case 'DATETIME':
      return text.value(dataSet, TAG.dateTime);
    case 'UIDREF':
      return text.value(dataSet, TAG.uid);
    default:
      return '';
  }
}

/** The content tree of a report. Throws OVR_DICOM_TOO_DEEP beyond 64 levels. */
export function contentTree(dataSet: DataSet, text: DicomText, depth = 0): ContentItem {
  if (depth > MAX_DEPTH) throw new OverreadError('OVR_DICOM_TOO_DEEP', `more than ${MAX_DEPTH} levels`);
  const type = text.value(dataSet, TAG.valueType);
  const [concept] = itemsOf(dataSet, TAG.conceptName);
  const [code] = itemsOf(dataSet, TAG.code);
  return {
    type,
    relationship: text.value(dataSet, TAG.relationship),
    concept: {
      code: concept === undefined ? '' : text.value(concept, TAG.codeValue),
      meaning: concept === undefined ? '' : text.value(concept, TAG.codeMeaning),
    },
    code: code === undefined ? '' : text.value(code, TAG.codeValue),
    value: wordsOf(type, dataSet, text),
    continuous: text.value(dataSet, TAG.continuity) === 'CONTINUOUS',
    items: itemsOf(dataSet, TAG.content).map((item) => contentTree(item, text, depth + 1)),
  };
}
