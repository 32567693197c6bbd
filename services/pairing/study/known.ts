import type { ReportVersion, Role } from '../../../contracts/index.js';
import type { Occurrence, StoredVersion } from '../../ledger/index.js';

/** When a version was written, as far as known; milliseconds. `clock` is `source` where the source says, else `received`. */
export type Moment = { readonly source: number | null; readonly received: number; readonly clock: number };

/** A version with what its messages together say of it. */
export type Known = {
  readonly id: string;
  readonly version: ReportVersion;
  /** False when no message says it any more under the newest revision of the normaliser. */
  readonly live: boolean;
  /** A resend does not make a text younger: order is by the first time it was said. */
  readonly first: Moment;
  /** Saying it again after a withdrawal brings it back: withdrawals are compared with the last time. */
  readonly last: Moment;
  readonly receivedAt: number;
  readonly publishedAt: number;
  readonly quiet: boolean;
};

function moment(occurrence: Occurrence): Moment {
  const source = occurrence.sourceAt?.getTime() ?? null;
  const received = occurrence.receivedAt.getTime();
  return { source, received, clock: source ?? received };
}

/** The same for every order in which the messages came. */
export function known({ version, occurrences }: StoredVersion): Known {
  const current = occurrences.filter((o) => o.current);
  const said = current.length > 0 ? current : occurrences;
  const moments = said.map(moment).sort((a, b) => a.clock - b.clock || a.received - b.received);
  const stated: Moment = moment({
    messageId: version.messageId,
    sourceAt: version.times.source === null ? null : new Date(version.times.source),
    receivedAt: new Date(version.times.received),
    publishedAt: new Date(version.times.received),
    quiet: false,
    current: true,
  });
  return {
    id: version.id,
    version,
    live: current.length > 0,
    first: moments[0] ?? stated,
    last: moments.at(-1) ?? stated,
    receivedAt: Math.min(...said.map((o) => o.receivedAt.getTime())),
    publishedAt: Math.min(...said.map((o) => o.publishedAt.getTime())),
    quiet: said.every((o) => o.quiet),
  };
}

/** At one moment a correction follows the final and an addendum follows both. */
const RANK: Readonly<Record<Role, number>> = {
  draft: 0,
  preliminary: 1,
  final: 2,
  corrected: 3,
  addendum: 4,
  withdrawn: 5,
};

/** A total order: who was written first, whatever arrived first. */
export function byClock(a: Known, b: Known): number {
  return (
    a.first.clock - b.first.clock ||
    RANK[a.version.role] - RANK[b.version.role] ||
    a.first.received - b.first.received ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}

export type ClockUsed = 'clock_source' | 'clock_received';

/** Source clocks where both sides have one, else receive clocks; never one against the other. */
export function clockFor(a: Moment, b: Moment): ClockUsed {
  return a.source !== null && b.source !== null ? 'clock_source' : 'clock_received';
}

/** Equal clocks are not after: many feeds tell whole minutes only. */
export function isAfter(a: Moment, b: Moment): boolean {
  return a.source !== null && b.source !== null ? a.source > b.source : a.received > b.received;
}
