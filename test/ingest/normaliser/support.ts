import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  Config,
  FeedConfig,
  MEDIA_TYPES,
  MessageAttributes,
  type ReportVersion,
} from '../../../contracts/index.js';
import {
  type NormaliseResult,
  normalise,
  normaliserRules,
} from '../../../services/ingest/normaliser/index.js';
import { deterministicId, packageRoot } from '../../../services/platform/index.js';

export const HASH_KEY = 'made-up-key-of-the-tests';
export const RECEIVED = '2026-02-01T12:00:00.000Z';

/** A feed of a made-up hospital; what a test needs otherwise it overrides. */
export function feed(overrides: Record<string, unknown> = {}): FeedConfig {
  return FeedConfig.parse({ name: 'ris', site: 'north', match: {}, ...overrides });
}

/** The configuration file an integrator would have written for the public samples. */
export function sampleFeeds(): FeedConfig[] {
  const path = join(packageRoot(), 'test/fixtures/normaliser/sample-feeds.yaml');
  return Config.parse(parse(readFileSync(path, 'utf8'))).feeds;
}

export type Sent = {
  readonly mediaType?: string;
  readonly attributes?: Partial<MessageAttributes>;
};

/** Runs one message through the rules as the service does. */
export function run(bytes: Buffer, feeds: readonly FeedConfig[], sent: Sent = {}): NormaliseResult {
  const attributes = MessageAttributes.parse({
    feed: '',
    transport: 'mllp',
    listener: 'ris',
    receivedat: RECEIVED,
    ...sent.attributes,
  });
  const message = {
    id: deterministicId('msg', bytes),
    bytes,
    mediaType: sent.mediaType ?? MEDIA_TYPES.hl7,
    attributes,
  };
  return normalise(message, normaliserRules(feeds), { hashKey: HASH_KEY });
}

/** The report versions of a message that must have been accepted. */
export function versionsOf(result: NormaliseResult): ReportVersion[] {
  if (result.kind !== 'accepted') throw new Error(`${result.kind}: ${result.error.message}`);
  return result.events.flatMap((e) => (e.type === 'overread.report.received' ? [e.data] : []));
}

export function onlyVersion(result: NormaliseResult): ReportVersion {
  const versions = versionsOf(result);
  const [version] = versions;
  if (version === undefined || versions.length > 1) throw new Error(`${versions.length} versions`);
  return version;
}

/** `section: words` of a version, in order. */
export const sectionTexts = (version: ReportVersion) =>
  version.sections.map((s) => `${s.name}: ${version.text?.slice(s.start, s.end)}`);

export type Parts = {
  readonly msh?: Readonly<Record<number, string>>;
  readonly pid?: string;
  /** Further fields of OBR by number. */
  readonly obr?: Readonly<Record<number, string>>;
  /** Segments behind the OBR. */
  readonly lines?: readonly string[];
  readonly end?: string;
};

function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, i) => fields[i + 1] ?? '')].join('|');
}

/** An ORU^R01 of a made-up patient, final unless told otherwise. */
export function oru({ msh = {}, pid, obr = {}, lines = [], end = '\r' }: Parts = {}): string {
  const header = {
    2: 'RIS',
    3: 'NORTH',
    6: '20260201103000',
    8: 'ORU^R01',
    9: 'M1',
    10: 'P',
    11: '2.5',
    ...msh,
  };
  return [
    `MSH|^~\\&|${segment('', header).slice(1).split('|').slice(1).join('|')}`,
    pid ?? 'PID|1||4711^^^NORTH^MR||DOE^JO||19600615|F',
    segment('OBR', {
      1: '1',
      2: 'PL100',
      3: 'ACC100',
      4: 'XR1^CHEST PA',
      7: '20260201095500',
      22: '20260201102900',
      24: 'CR',
      25: 'F',
      32: 'D77^ROE^SAM',
      ...obr,
    }),
    ...lines,
  ].join(end);
}

/** `TX` lines of a report with OBX-11. */
export const tx = (status: string, ...lines: readonly string[]) =>
  lines.map((line, i) => `OBX|${i + 1}|TX|&GDT||${line}||||||${status}`);

export const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);
