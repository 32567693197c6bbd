import { ignoredBecause, type Reading } from '../result.js';
import type { FeedRules } from '../rules/feed-rules.js';
import type { MessageFacts } from '../version.js';
import { decodeBytes } from './charset.js';
import { readCorrection } from './correction.js';
import { messageKind } from './kinds.js';
import { readMerges } from './merge.js';
import { parseMessage } from './message.js';
import { readerOf } from './reader.js';
import { readReports } from './report.js';
import { segmentLines } from './segments.js';

/** MSH-18 before the charset is known: its names are ASCII. */
function declaredCharset(bytes: Buffer): string {
  const line = bytes.toString('latin1', 0, 4096).split(/[\r\n]/, 1)[0] ?? '';
  const start = line.indexOf('MSH');
  return start === -1 ? '' : (line.slice(start).split(line.charAt(start + 3))[17] ?? '');
}

/**
 * One HL7 v2 message, ER7, without MLLP framing, to what it says. Throws OVR_HL7_UNREADABLE, OVR_HL7_TOO_MANY_SEGMENTS,
 * OVR_STATUS_UNKNOWN, OVR_STATUS_MISSING, OVR_IDENTIFIER_MISSING, OVR_TEMPLATE_UNFILLED, OVR_DOCUMENT_NOT_TEXT or
 * OVR_MERGE_INCOMPLETE.
 */
export function readHl7(bytes: Buffer, rules: FeedRules, facts: MessageFacts): Reading {
  const { text, charset, flags } = decodeBytes(bytes, rules.feed.charset ?? declaredCharset(bytes));
  const begin = Math.max(text.indexOf('MSH'), 0);
  const message = parseMessage(segmentLines(text, text.charAt(begin + 3), rules.feed.text), charset);
  const reader = readerOf(message.segments, message);
  const [type, event] = [reader.first('MSH-9.1').toUpperCase(), reader.first('MSH-9.2').toUpperCase()];
  if ([...rules.feed.ignoreTypes, ...rules.feed.forbidTypes].includes(type))
    return ignoredBecause('message_type');
  const input = { message, rules, facts, flags };
  const what = messageKind(type, event, reader.first('EVN-1').toUpperCase());
  switch (what.kind) {
    case 'report':
      return readReports(input, what.document ?? null);
    case 'merge':
      return readMerges(input);
    case 'order':
      return readCorrection(input);
    case 'other':
      return ignoredBecause('message_type');
  }
}
