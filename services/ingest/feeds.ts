import {
  type FeedConfig,
  type FeedMatch,
  MEDIA_TYPES,
  ReportSubmission,
  type Transport,
} from '../../contracts/index.js';
import { type Header, readHeader } from './header.js';

/** What a message and its wire tell about where it comes from; texts decoded and trimmed, '' where unknown. */
export type FeedFacts = {
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly listener: string;
  readonly transport: Transport;
  /** Subject common name of the client certificate. */
  readonly tlsSubject: string;
};

export type Wire = Pick<FeedFacts, 'listener' | 'transport' | 'tlsSubject'>;

/** MSH-3 and MSH-4 are of type HD: a rule may name the whole field or its first component. */
function sameName(wanted: string, found: string): boolean {
  const rule = wanted.trim().normalize('NFC');
  const text = found.trim().normalize('NFC');
  return text === rule || (text.split('^')[0] ?? '').trim() === rule;
}

const COMPARE = {
  sendingApplication: sameName,
  sendingFacility: sameName,
  listener: (wanted, found) => wanted === found,
  transport: (wanted, found) => wanted === found,
  tlsSubject: (wanted, found) => wanted === found,
} as const satisfies Record<keyof FeedMatch, (wanted: string, found: string) => boolean>;

function holds(match: FeedMatch, facts: FeedFacts): boolean {
  return (Object.keys(COMPARE) as (keyof FeedMatch)[]).every((key) => {
    const wanted = match[key];
    return wanted === undefined || COMPARE[key](wanted, facts[key]);
  });
}

/** The first feed whose every given condition holds, or null: such a message is stored and quarantined. */
export function matchFeed(feeds: readonly FeedConfig[], facts: FeedFacts): FeedConfig | null {
  return feeds.find((feed) => holds(feed.match, facts)) ?? null;
}

type Names = Pick<FeedFacts, 'sendingApplication' | 'sendingFacility'>;
const NO_NAMES: Names = { sendingApplication: '', sendingFacility: '' };

/** A JSON report has no MSH: its generator stands for the application, its site for the facility. */
function namesOfJson(raw: Buffer): Names {
  try {
    const { site, generator } = ReportSubmission.parse(JSON.parse(raw.toString('utf8')));
    return { sendingApplication: generator.name, sendingFacility: site };
  } catch {
    return NO_NAMES;
  }
}

/** `header` is what `readHeader` says of the same bytes; given where it was asked before. */
export function hl7Facts(header: Header | null, wire: Wire): FeedFacts {
  const { sendingApplication, sendingFacility } = header ?? NO_NAMES;
  return { ...wire, sendingApplication, sendingFacility };
}

/** The facts of a stored message; gateway and normaliser ask the same function, so that they match alike. */
export function feedFacts(raw: Buffer, contentType: string, wire: Wire): FeedFacts {
  if (contentType === MEDIA_TYPES.hl7) return hl7Facts(readHeader(raw), wire);
  return { ...wire, ...(contentType === MEDIA_TYPES.json ? namesOfJson(raw) : NO_NAMES) };
}
