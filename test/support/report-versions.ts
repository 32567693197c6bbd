import type { Alias, ReportVersion, Role } from '../../contracts/index.js';
import type { Arrival, StoredVersion } from '../../services/ledger/index.js';
import { deterministicId } from '../../services/platform/index.js';

/** Minute 0 of every made-up day. */
export const MORNING = Date.parse('2026-03-02T08:00:00.000Z');

export const minute = (n: number) => new Date(MORNING + n * 60_000).toISOString();

export const accession = (value: string, site = 'north'): Alias => ({ kind: 'accession', site, value });
export const studyUid = (value: string): Alias => ({ kind: 'study_uid', site: '', value });

export const GENERATOR = { name: 'Quickdraft', version: '1.0' } as const;

const AUTHOR = { draft: 'ai', preliminary: 'resident' } as const;

export type Overrides = Partial<Omit<ReportVersion, 'id' | 'times' | 'source'>> & {
  /** Minutes after MORNING. `written` null: the source does not say. */
  readonly written?: number | null;
  readonly received?: number;
  readonly source?: Partial<ReportVersion['source']>;
};

/** A report version as the normaliser makes it; the id is the hash its contract demands. */
export function reportVersion(role: Role, text: string | null, overrides: Overrides = {}): ReportVersion {
  const { written = 0, received = written ?? 0, source: author, ...rest } = overrides;
  const kind =
    author?.kind ??
    (role === 'draft' ? AUTHOR.draft : role === 'preliminary' ? AUTHOR.preliminary : 'radiologist');
  const source: ReportVersion['source'] = {
    kind,
    generator: kind === 'ai' ? GENERATOR : null,
    author: null,
    ...author,
  };
  const version: Omit<ReportVersion, 'id' | 'messageId' | 'textHash'> = {
    site: 'north',
    feed: kind === 'ai' ? 'vendor' : 'ris',
    transport: 'mllp',
    controlId: 'c1',
    aliases: [accession('A1')],
    role,
    status: { field: 'OBR-25', raw: '', value: 'final' },
    source,
    patients: [],
    exam: { modality: 'CR', code: null, description: null },
    context: { age: null, sex: null, indication: null },
    text,
    sections: [],
    scope: role === 'addendum' ? 'part' : 'whole',
    processing: 'P',
    times: {
      source: written === null ? null : minute(written),
      received: minute(received),
      clock: minute(written ?? received),
      clockFrom: written === null ? 'received' : 'source',
    },
    normaliser: 'n1',
    charset: 'UTF-8',
    flags: [],
    ...rest,
  };
  const textHash = text === null ? null : deterministicId('text', text);
  const aliases = version.aliases.map((a) => JSON.stringify(a)).sort();
  const id = deterministicId(
    'rv',
    version.site,
    JSON.stringify(version.source),
    ...aliases,
    role,
    textHash ?? '',
    version.scope,
    version.processing,
  );
  const said = deterministicId('msg', id, JSON.stringify(version.times));
  return { ...version, id, messageId: rest.messageId ?? said, textHash };
}

export function arrival(version: ReportVersion, overrides: Partial<Arrival> = {}): Arrival {
  return { version, publishedAt: new Date(version.times.received), quiet: false, ...overrides };
}

/** A version one message said, as the ledger gives it back. */
export function stored(version: ReportVersion, overrides: Partial<Arrival> = {}): StoredVersion {
  const { publishedAt, quiet } = arrival(version, overrides);
  const sourceAt = version.times.source === null ? null : new Date(version.times.source);
  const receivedAt = new Date(version.times.received);
  return {
    version,
    occurrences: [{ messageId: version.messageId, sourceAt, receivedAt, publishedAt, quiet, current: true }],
  };
}
