import type { ReportVersion } from '../../../contracts/index.js';
import type { Queryable, Tx } from '../../platform/index.js';
import { jsonb } from '../json.js';

/** One message saying one version. `publishedAt` is when the normaliser published it; `quiet` for replays. */
export type Arrival = {
  readonly version: ReportVersion;
  readonly publishedAt: Date;
  readonly quiet: boolean;
};

/** A message that said a version. `current`: under its message's newest normaliser revision it still does. */
export type Occurrence = {
  readonly messageId: string;
  readonly sourceAt: Date | null;
  readonly receivedAt: Date;
  readonly publishedAt: Date;
  readonly quiet: boolean;
  readonly current: boolean;
};

export type StoredVersion = {
  readonly version: ReportVersion;
  readonly occurrences: readonly Occurrence[];
};

const INSERT_VERSIONS = `
insert into report_version (id, site, feed, role, source_kind, generator_name, generator_version, modality, text_hash,
  processing, clock_at, received_at, message_id, quiet, patients, normaliser, published_at, document)
select distinct on (d->>'id') d->>'id', d->>'site', d->>'feed', d->>'role', d#>>'{source,kind}',
  d#>>'{source,generator,name}', d#>>'{source,generator,version}', d#>>'{exam,modality}', d->>'textHash',
  d->>'processing', (d#>>'{times,clock}')::timestamptz, (d#>>'{times,received}')::timestamptz, d->>'messageId', quiet,
  array(select jsonb_array_elements_text(d->'patients')), d->>'normaliser', "publishedAt", d
from jsonb_to_recordset($1::jsonb) as a(version jsonb, "publishedAt" timestamptz, quiet boolean)
cross join lateral (select version as d) as v
order by d->>'id', (d#>>'{times,clock}')::timestamptz, (d#>>'{times,received}')::timestamptz, d->>'messageId'
on conflict (id) do update set
  (site, feed, role, source_kind, generator_name, generator_version, modality, text_hash, processing, clock_at,
   received_at, message_id, quiet, patients, normaliser, published_at, document)
  = (excluded.site, excluded.feed, excluded.role, excluded.source_kind, excluded.generator_name,
   excluded.generator_version, excluded.modality, excluded.text_hash, excluded.processing, excluded.clock_at,
   excluded.received_at, excluded.message_id, excluded.quiet and report_version.quiet, excluded.patients,
   excluded.normaliser, excluded.published_at, excluded.document)
where case when excluded.normaliser = report_version.normaliser
  then (excluded.clock_at, excluded.received_at, excluded.message_id)
     < (report_version.clock_at, report_version.received_at, report_version.message_id)
  else excluded.published_at > report_version.published_at end`;

const INSERT_OCCURRENCES = `
insert into version_occurrence (message_id, version_id, normaliser, source_at, received_at, published_at, quiet)
select version->>'messageId', version->>'id', version->>'normaliser', min((version#>>'{times,source}')::timestamptz),
  min((version#>>'{times,received}')::timestamptz), min("publishedAt"), bool_and(quiet)
from jsonb_to_recordset($1::jsonb) as a(version jsonb, "publishedAt" timestamptz, quiet boolean)
group by 1, 2, 3
on conflict (message_id, version_id, normaliser) do update set
  (source_at, received_at, published_at, quiet) = (
    least(version_occurrence.source_at, excluded.source_at),
    least(version_occurrence.received_at, excluded.received_at),
    least(version_occurrence.published_at, excluded.published_at),
    version_occurrence.quiet and excluded.quiet)
where excluded.source_at < coalesce(version_occurrence.source_at, 'infinity')
  or excluded.received_at < version_occurrence.received_at
  or excluded.published_at < version_occurrence.published_at
  or (version_occurrence.quiet and not excluded.quiet)`;

/** Stores what arrived. The result does not depend on the order of arrival, and a repeat changes nothing. */
export async function recordArrivals(tx: Tx, arrivals: readonly Arrival[]): Promise<void> {
  const rows = jsonb(arrivals);
  await tx.query(INSERT_VERSIONS, [rows]);
  await tx.query(INSERT_OCCURRENCES, [rows]);
}

const OCCURRENCES = `
select o.*, o.normaliser = (
    select n.normaliser from version_occurrence n where n.message_id = o.message_id
    order by n.published_at desc, n.normaliser desc limit 1
  ) as current
from version_occurrence o where o.version_id = any($1)`;

type OccurrenceRow = {
  message_id: string;
  version_id: string;
  source_at: Date | null;
  received_at: Date;
  published_at: Date;
  quiet: boolean;
  current: boolean;
};

/** Versions with everything that said them, in the order of their ids. Ids that are not there are left out. */
export async function readVersions(
  database: Queryable,
  ids: readonly string[],
): Promise<readonly StoredVersion[]> {
  const versions = await database.query<{ document: ReportVersion }>(
    'select document from report_version where id = any($1) order by id',
    [ids],
  );
  const occurrences = new Map<string, Occurrence[]>();
  for (const row of (await database.query<OccurrenceRow>(OCCURRENCES, [ids])).rows) {
    const list = occurrences.get(row.version_id) ?? [];
    occurrences.set(row.version_id, list);
    list.push({
      messageId: row.message_id,
      sourceAt: row.source_at,
      receivedAt: row.received_at,
      publishedAt: row.published_at,
      quiet: row.quiet,
      current: row.current,
    });
  }
  return versions.rows.map(({ document }) => ({
    version: document,
    occurrences: occurrences.get(document.id) ?? [],
  }));
}
