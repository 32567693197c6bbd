import {
  type Alias,
  OverreadError,
  type ProcessingId,
  type ReportVersion,
  type ResultStatus,
} from '../../../../contracts/index.js';
import { type IgnoredReason, ignoredBecause, type Reading } from '../result.js';
import { timesOf } from '../rules/clock.js';
import { aliasesOf, isUnfilled } from '../rules/identifiers.js';
import { modalityOf } from '../rules/modality.js';
import { ageOf, sexOf } from '../rules/patient.js';
import { roleOf } from '../rules/role.js';
import { type Status, statusOf } from '../rules/status.js';
import { type Composed, compose, sectionWords } from '../text/compose.js';
import { completeVersion } from '../version.js';
import { decodeText } from './escapes.js';
import { compilePath } from './field-path.js';
import { orderGroups } from './groups.js';
import type { DocumentEvent } from './kinds.js';
import type { Delimiters, Segment } from './message.js';
import { patientPseudonyms } from './patients.js';
import { type Hl7Input, type Reader, readerOf } from './reader.js';
import { type ReportText, reportText } from './report-text.js';
import { sourceOf } from './source.js';

const OBR_NAME = compilePath('OBR-4.2');

/** Orders that share one report, each with the header of the message, and what the report says. */
type Shared = {
  readonly orders: readonly (readonly Segment[])[];
  readonly segments: readonly Segment[];
  readonly text: ReportText;
};

/**
 * Reads an ORU or MDM. Several OBR with one text are one version with all their accessions; several with texts of their
 * own are several versions; several without any text are one status event each.
 */
export function readReports(input: Hl7Input, document: DocumentEvent | null): Reading {
  if (document === 'notification') return ignoredBecause('notification_only');
  const { header, orders } = orderGroups(input.message.segments);
  const events: Reading['events'][number][] = [];
  const ignored: IgnoredReason[] = [];
  for (const shared of sharing(orders.length === 0 ? [[]] : orders, header, input)) {
    const outcome = readReport(shared, input, document);
    if (typeof outcome === 'string') ignored.push(outcome);
    else events.push({ type: 'overread.report.received', data: outcome });
  }
  return { events, ignored };
}

const wordsOf = (text: ReportText) => text.pieces.map((piece) => piece.text).join('\n');
const hasContent = (text: ReportText) => wordsOf(text).trim() !== '' || text.unreadable.length > 0;

function sharing(
  orders: readonly (readonly Segment[])[],
  header: readonly Segment[],
  input: Hl7Input,
): Shared[] {
  const read = (segments: readonly Segment[]) => reportText(segments, input.message, input.rules);
  const accessions = (segments: readonly Segment[]) =>
    readerOf(segments, input.message).all(input.rules.paths.accession).join('\n');
  const groups = orders.map((segments) => ({ segments, text: read(segments), key: accessions(segments) }));
  const withText = groups.filter((group) => hasContent(group.text));
  const [first] = withText;
  if (first === undefined) {
    return groups.map(({ segments, text }) => {
      const all = [...header, ...segments];
      return { orders: [all], segments: all, text };
    });
  }
  const same = (one: (typeof groups)[number], other: (typeof groups)[number]) =>
    one.key === other.key || wordsOf(one.text) === wordsOf(other.text);
  const reports: (typeof groups)[] = [];
  for (const group of groups) {
    const current = reports.at(-1);
    const anchor = current?.find((member) => hasContent(member.text));
    const joins = anchor === undefined || !hasContent(group.text) || same(anchor, group);
    if (current !== undefined && joins) current.push(group);
    else reports.push([group]);
  }
  return reports.map((members) => {
    const segments = members.flatMap((member) => member.segments);
    const [anchor, ...others] = members.filter((member) => hasContent(member.text));
    const repeated = anchor !== undefined && others.every((m) => wordsOf(m.text) === wordsOf(anchor.text));
    return {
      orders: members.map((member) => [...header, ...member.segments]),
      segments: [...header, ...segments],
      text: repeated ? anchor.text : read(segments),
    };
  });
}

function statusIn(reader: Reader, text: ReportText, input: Hl7Input): Status {
  const line = text.statuses.find((raw) => raw !== '');
  const anyLine = () => reader.first('OBX-11');
  return statusOf(
    input.rules.feed.statusFrom,
    (field) =>
      field === 'OBX-11' ? (line ?? (anyLine() === 'O' ? '' : anyLine())) : reader.first(`${field}.1`),
    text.statuses,
    input.rules.statuses,
  );
}

/** HL7 table 0103. What is neither is production: a missed alert is worse than one too many. */
function processingOf(reader: Reader): { processing: ProcessingId; flags: string[] } {
  const value = reader.first('MSH-11.1').toUpperCase();
  if (value === 'T' || value === 'D') return { processing: value, flags: [] };
  return { processing: 'P', flags: value === '' || value === 'P' ? [] : ['unknown_processing_id'] };
}

/** Values of the first path that has any: a later path is a substitute, not a second number. */
function firstFilled(reader: Reader, paths: Hl7Input['rules']['paths']['accession']): string[] {
  return paths.map((path) => reader.all([path])).find((values) => values.length > 0) ?? [];
}

function identify({ orders, text }: Shared, { message, rules }: Hl7Input): Alias[] {
  const readers = orders.map((segments) => readerOf(segments, message));
  const accessions = readers.flatMap((reader) => firstFilled(reader, rules.paths.accession));
  const studyUids = readers.flatMap((reader) => reader.all(rules.paths.studyUid));
  const placers = readers.flatMap((reader) => firstFilled(reader, rules.paths.placer));
  const aliases = aliasesOf(
    { accessions: [...accessions, ...text.orders], studyUids, placers },
    rules.feed.site,
    rules.accession,
  );
  const unfilled = [...accessions, ...studyUids].some(isUnfilled);
  if (aliases.length === 0 && unfilled) throw new OverreadError('OVR_TEMPLATE_UNFILLED', 'identifiers');
  return aliases;
}

/** OBR-31 is CWE: its text, else what stands in its first component unless that is a code of a system. */
function orderIndication(segments: readonly Segment[], delimiters: Delimiters, charset: string) {
  const raw = segments.filter((s) => s.name === 'OBR').map((s) => s.field(31));
  const texts = raw
    .flatMap((field) => (delimiters.repetition === '' ? [field] : field.split(delimiters.repetition)))
    .map((field) => field.split(delimiters.component))
    .map(([code = '', text = '', system = '']) => text || (system === '' ? code : ''))
    .map((text) => decodeText(text, delimiters, charset).trim())
    .filter((text) => text !== '' && text !== '""');
  const unique = [...new Set(texts)];
  return unique.length > 0 ? unique.join('; ') : null;
}

/** A text that means "nothing here" is null; an empty one that was sent as a report stays, for the metric to say so. */
function textOf(composed: Composed, text: ReportText, status: ResultStatus): string | null {
  const silent = status === 'promote' || status === 'cancelled';
  if (composed.text.trim() === '' && (silent || text.pieces.length === 0)) return null;
  return composed.text;
}

/** T11 cancels a document whatever its status fields still say. */
const cancelled = (reader: Reader): Status => ({
  field: 'MSH-9.2',
  raw: reader.first('MSH-9.2'),
  value: 'cancelled',
});

const SCOPES = new Set(['addendum', 'signature']);

function readReport(
  shared: Shared,
  input: Hl7Input,
  document: DocumentEvent | null,
): ReportVersion | IgnoredReason {
  const { segments, text } = shared;
  const { message, rules, facts } = input;
  const { site } = rules.feed;
  const reader = readerOf(segments, message);
  const status = document === 'cancellation' ? cancelled(reader) : statusIn(reader, text, input);
  if (status.value === 'ignore') return 'status';
  const composed = compose(
    text.pieces,
    rules.feed.text.joiner === 'paragraph' ? '\n\n' : '\n',
    rules.findHeadings,
  );
  const words = textOf(composed, text, status.value);
  const silent = status.value === 'promote' || status.value === 'cancelled';
  if (words === null && !silent) {
    const [why] = text.unreadable;
    if (why !== undefined) throw new OverreadError('OVR_DOCUMENT_NOT_TEXT', why);
    if (text.otherObservations) return 'no_text';
  }
  if (words !== null && rules.notReport.some((pattern) => pattern.test(words.trim()))) return 'not_a_report';
  const aliases = identify(shared, input);
  const source = sourceOf(reader, status.value, message.delimiters.component, rules, facts.hashKey);
  if (source.kind === 'ai' && words === null && status.value !== 'cancelled') return 'no_text';
  const addendumWord = /^ADDEND/i.test(status.raw);
  const named = composed.sections.some((s) => s.name === 'addendum');
  const alone = named
    ? composed.sections.every((s) => SCOPES.has(s.name))
    : document === 'addendum' || addendumWord;
  const { times, flags: timeFlags } = timesOf(
    reader.all(rules.paths.time),
    rules.zone,
    facts.attributes.receivedat,
  );
  const { processing, flags: processingFlags } = processingOf(reader);
  const described = [...new Set(reader.all([OBR_NAME]))];
  return completeVersion(
    {
      site,
      controlId: reader.first('MSH-10'),
      aliases,
      role: roleOf({
        kind: source.kind,
        status: status.value,
        addendum: named || document === 'addendum' || addendumWord,
        replacement: document === 'replacement',
      }),
      status,
      source,
      patients: patientPseudonyms(
        reader.all(rules.paths.patient),
        message.delimiters.component,
        site,
        facts.hashKey,
      ),
      exam: {
        modality: modalityOf(reader.all(rules.paths.modality)),
        code: reader.first('OBR-4.1') || null,
        description: described.length > 0 ? described.join('; ') : null,
      },
      context: {
        age: ageOf(reader.first('PID-7.1'), reader.first('OBR-7.1') || times.clock),
        sex: sexOf(reader.first('PID-8.1')),
        indication:
          orderIndication(segments, message.delimiters, message.charset) ??
          text.indication ??
          sectionWords(composed, 'indication'),
      },
      text: words,
      sections: words === null ? [] : composed.sections,
      scope: alone ? 'part' : 'whole',
      processing,
      times,
      charset: message.charset,
      flags: [
        ...input.flags,
        ...text.flags,
        ...timeFlags,
        ...processingFlags,
        ...(words === null && status.value !== 'cancelled' ? ['status_only'] : []),
      ],
    },
    facts,
    rules,
  );
}
