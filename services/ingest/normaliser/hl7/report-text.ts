import type { FeedConfig, SectionName } from '../../../../contracts/index.js';
import type { FeedRules } from '../rules/feed-rules.js';
import type { Piece } from '../text/compose.js';
import { sectionOfCode, sectionOfHeading } from '../text/vocabulary.js';
import { readDocument } from './documents.js';
import { decodeText } from './escapes.js';
import { observationCode, repetitions } from './field-path.js';
import type { Hl7Message, Segment } from './message.js';

/** What the OBX and NTE of a report say, in file order: OBX-1 repeats and has gaps on real feeds, and is no key. */
export type ReportText = {
  readonly pieces: readonly Piece[];
  /** OBX-11 of each line of the report, '' where empty. */
  readonly statuses: readonly string[];
  /** Why documents gave no text, e.g. `pdf_document`. */
  readonly unreadable: readonly string[];
  /** Numbers, codes and pointers that are no text. */
  readonly otherObservations: boolean;
  /** Clinical question answered in an OBX of its own, or null. */
  readonly indication: string | null;
  /** Order numbers a CDA names. */
  readonly orders: readonly string[];
  readonly flags: readonly string[];
};

/** OBX that carry identifiers (IHE RD RAD-28 and RAD-128): no text of the report. */
const IDENTIFIER_CODES = new Set([
  '113014',
  'STUDY INSTANCE UID',
  'SERIES INSTANCE UID',
  'SR INSTANCE UID',
  'SOP INSTANCE UID',
]);

type TextType = FeedConfig['text']['types'][number];
type Code = ReturnType<typeof observationCode>;
type Context = { readonly message: Hl7Message; readonly rules: FeedRules };

function sectionOf({ code, suffix, description }: Code, rules: FeedRules): SectionName | null {
  const own = [suffix, code].map((c) => rules.sections.get(c.toUpperCase())).find((s) => s !== undefined);
  if (own !== undefined) return own;
  const known = [suffix, code].map(sectionOfCode).find((s) => s !== undefined);
  return known === undefined ? sectionOfHeading(description) : known;
}

/** Raw line ends are a sender's hard wraps, unlike `\.br\`: undone only where the feed asks for it. */
function reflowed(raw: string): string {
  const paragraphs: string[][] = [[]];
  for (const line of raw.split('\n')) {
    if (line.trim() === '') paragraphs.push([]);
    else paragraphs.at(-1)?.push(line);
  }
  const joined = paragraphs.map((lines) => lines.map((l, i) => (i === 0 ? l.trimEnd() : l.trim())).join(' '));
  return joined.join('\n\n');
}

function plainText(raw: string, type: TextType, { message, rules }: Context): string {
  const { delimiters, charset } = message;
  const lines = rules.feed.text.reflow && raw.includes('\n') ? reflowed(raw) : raw;
  const repeats = type !== 'ST' && rules.feed.text.repetitionIsNewline && delimiters.repetition !== '';
  return decodeText(repeats ? lines.replaceAll(delimiters.repetition, '\n') : lines, delimiters, charset);
}

/** CWE.9 is the original text, CWE.2 and CE.2 the text of the code (HL7 v2.7 chapter 2A.3). A bare code says nothing. */
function codedText(raw: string, { delimiters, charset }: Hl7Message): string {
  const texts = repetitions(raw, delimiters).map((value) => {
    const components = value.split(delimiters.component);
    return decodeText(components[8] || components[1] || '', delimiters, charset);
  });
  return texts.filter((text) => text.trim() !== '').join('\n');
}

type Taken = {
  readonly pieces: readonly Piece[];
  readonly flags: readonly string[];
  readonly unreadable?: string;
  readonly orders?: readonly string[];
};

function takeDocument(raw: string, { message, rules }: Context): Taken {
  if (!rules.feed.text.types.includes('ED')) {
    return { pieces: [], flags: ['document_not_read'], unreadable: 'document_not_read' };
  }
  const { delimiters, charset } = message;
  const [, , , encoding = '', ...data] = raw.split(delimiters.component);
  const document = readDocument(decodeText(data.join(delimiters.component), delimiters, charset), encoding);
  if (!document.readable) return { pieces: [], flags: [document.flag], unreadable: document.flag };
  return { pieces: document.pieces, flags: [document.flag], orders: document.orders };
}

/** Undefined for a type that is no text on this feed. */
function takeObservation(obx: Segment, code: Code, context: Context): Taken | undefined {
  const type = obx.field(2).trim();
  const raw = obx.field(5);
  if (type === 'ED') return takeDocument(raw, context);
  if (type === 'RP') return { pieces: [], flags: [], unreadable: 'reference_pointer' };
  const textType = context.rules.feed.text.types.find((t) => t === type);
  if (textType === undefined) return undefined;
  const section = sectionOf(code, context.rules);
  if (textType === 'CWE' || textType === 'CE') {
    const text = codedText(raw, context.message);
    if (text === '') return raw === '' ? { pieces: [], flags: [] } : undefined;
    return { pieces: [{ text, section, body: section === null }], flags: ['coded_text'] };
  }
  const text = plainText(raw, textType, context);
  return { pieces: [{ text, section, body: section === null }], flags: [] };
}

function isReportCode({ code, suffix }: Code, { onlyCodes, skipCodes }: FeedRules): boolean {
  const names = [code.toUpperCase(), suffix.toUpperCase()];
  if (names.some((name) => skipCodes.has(name))) return false;
  return onlyCodes.size === 0 || names.some((name) => onlyCodes.has(name));
}

/** OBX-29 QST is an answer to an order question, OBX-11 O a detail of the order: neither was reported. */
const isOrderDetail = (obx: Segment) => obx.field(11).trim() === 'O' || obx.field(29).trim() === 'QST';

const isIndication = ({ code, description }: Code) =>
  code.toUpperCase() === 'INDICATIONS' || /^(clinical )?indications?\b/i.test(description);

function withoutDropped(
  pieces: readonly Piece[],
  patterns: readonly RegExp[],
): { pieces: Piece[]; dropped: boolean } {
  let dropped = false;
  const kept = pieces.flatMap((piece) => {
    const lines = piece.text.split('\n');
    const stay = lines.filter((line) => !patterns.some((pattern) => pattern.test(line)));
    if (stay.length === lines.length) return [piece];
    dropped = true;
    return stay.length === 0 ? [] : [{ ...piece, text: stay.join('\n') }];
  });
  return { pieces: kept, dropped };
}

export function reportText(segments: readonly Segment[], message: Hl7Message, rules: FeedRules): ReportText {
  const context = { message, rules };
  const pieces: Piece[] = [];
  const statuses: string[] = [];
  const unreadable: string[] = [];
  const orders: string[] = [];
  const flags = new Set<string>();
  let otherObservations = false;
  let indication: string | null = null;
  for (const segment of segments) {
    if (segment.name === 'NTE' && rules.feed.text.types.includes('NTE')) {
      pieces.push({ text: plainText(segment.field(3), 'NTE', context), section: null, body: true });
    }
    if (segment.name !== 'OBX') continue;
    const code = observationCode(segment, message);
    if (isIndication(code) && isOrderDetailOrQuestion(segment, code)) {
      indication ??= decodeText(segment.field(5), message.delimiters, message.charset).trim() || null;
      continue;
    }
    if (
      isOrderDetail(segment) ||
      IDENTIFIER_CODES.has(code.code.toUpperCase()) ||
      !isReportCode(code, rules)
    ) {
      continue;
    }
    const taken = takeObservation(segment, code, context);
    if (taken === undefined) {
      otherObservations = true;
      continue;
    }
    for (const piece of taken.pieces) pieces.push(piece);
    statuses.push(segment.field(11).trim());
    for (const flag of taken.flags) flags.add(flag);
    if (taken.unreadable !== undefined) unreadable.push(taken.unreadable);
    for (const order of taken.orders ?? []) orders.push(order);
  }
  const { pieces: kept, dropped } = withoutDropped(pieces, rules.dropLines);
  if (dropped) flags.add('lines_dropped');
  return { pieces: kept, statuses, unreadable, otherObservations, indication, orders, flags: [...flags] };
}

/** `INDICATIONS` is the order's question even where OBX-29 is not filled; other words need it to be. */
function isOrderDetailOrQuestion(obx: Segment, { code }: Code): boolean {
  return code.toUpperCase() === 'INDICATIONS' || isOrderDetail(obx);
}
