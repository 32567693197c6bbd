import { z } from 'zod';
import { Alarm, AlertNotice } from './alert.js';
import { Pair, PairState } from './pair.js';
import { IdentifierCorrection, PatientMerge, ReportVersion } from './report-version.js';
import { Score } from './score.js';

/** Topics of the bus, one a stage reads or writes; the number changes when a reader of the old shape would fail. */
export const TOPICS = {
  hl7: 'overread.hl7.v1',
  reports: 'overread.reports.v1',
  pairs: 'overread.pairs.v1',
  pairStates: 'overread.pair-states.v1',
  scores: 'overread.scores.v1',
  alerts: 'overread.alerts.v1',
  alarms: 'overread.alarms.v1',
  deadLetters: 'overread.dead-letters.v1',
} as const;
export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

/**
 * Event types with their topic and the schema of their data. `null` data are bytes as received: HL7, DICOM or
 * JSON in `overread.hl7.v1`, the original of a failed event in `overread.dead-letters.v1`.
 */
export const EVENTS = {
  'overread.message.received': { topic: TOPICS.hl7, data: null },
  'overread.report.received': { topic: TOPICS.reports, data: ReportVersion },
  'overread.patient.merged': { topic: TOPICS.reports, data: PatientMerge },
  'overread.identifier.corrected': { topic: TOPICS.reports, data: IdentifierCorrection },
  'overread.pair.ready': { topic: TOPICS.pairs, data: Pair },
  'overread.pair.state': { topic: TOPICS.pairStates, data: PairState },
  'overread.score.computed': { topic: TOPICS.scores, data: Score },
  'overread.alert.changed': { topic: TOPICS.alerts, data: AlertNotice },
  'overread.alarm.raised': { topic: TOPICS.alarms, data: Alarm },
  'overread.dead-letter.recorded': { topic: TOPICS.deadLetters, data: null },
} as const satisfies Record<string, { topic: Topic; data: z.ZodType | null }>;
export type EventType = keyof typeof EVENTS;

/** Media types of what the gateway takes in (the `datacontenttype` of `overread.message.received`). */
export const MEDIA_TYPES = {
  hl7: 'x-application/hl7-v2+er7',
  dicom: 'application/dicom',
  json: 'application/json',
} as const;
export type MediaType = (typeof MEDIA_TYPES)[keyof typeof MEDIA_TYPES];

/** CloudEvents extension attributes of `overread.message.received`: what the wire told beside the bytes. */
export const MessageAttributes = z.object({
  /** Name of the first feed rule that matched at intake, or empty. The normaliser matches again. */
  feed: z.string(),
  transport: z.enum(['mllp', 'kafka', 'folder', 'http']),
  /** Name of the listener, folder, topic reader or endpoint. */
  listener: z.string(),
  tlssubject: z.string().default(''),
  receivedat: z.iso.datetime({ offset: true }),
  /** `1` for replays and reprocessing. */
  quiet: z.enum(['0', '1']).default('0'),
  /** Space-separated oddities seen at intake, e.g. `reused_control_id`. */
  flags: z.string().default(''),
});
export type MessageAttributes = z.infer<typeof MessageAttributes>;

/** CloudEvents extension attributes of a dead letter, beside the original's own with the prefix `original`. */
export const DeadLetterAttributes = z.object({
  code: z.string(),
  stage: z.string(),
  detail: z.string(),
  attempts: z.string().regex(/^\d+$/),
  originaltopic: z.string(),
  originaltype: z.string(),
  originalid: z.string(),
  originalkey: z.string(),
});
export type DeadLetterAttributes = z.infer<typeof DeadLetterAttributes>;

/** Who writes a topic and who reads it. One way: no stage calls another. */
export const TOPIC_FLOW = {
  [TOPICS.hl7]: { key: 'feed', writers: ['gateway'], readers: ['normaliser'] },
  [TOPICS.reports]: { key: 'site', writers: ['normaliser'], readers: ['pairing'] },
  [TOPICS.pairs]: { key: 'study', writers: ['pairing'], readers: ['scoring'] },
  [TOPICS.pairStates]: { key: 'study', writers: ['pairing'], readers: ['alerting'] },
  [TOPICS.scores]: { key: 'study', writers: ['scoring'], readers: ['alerting'] },
  [TOPICS.alerts]: { key: 'study', writers: ['alerting', 'review'], readers: [] },
  [TOPICS.alarms]: { key: 'subject', writers: ['drift'], readers: [] },
  [TOPICS.deadLetters]: { key: 'stage', writers: ['any stage'], readers: ['dead-letter desk'] },
} as const satisfies Record<Topic, { key: string; writers: readonly string[]; readers: readonly string[] }>;
