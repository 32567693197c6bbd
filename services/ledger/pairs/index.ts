import type { Pair, PairSide, PairStatus, ReportVersion } from '../../../contracts/index.js';
import type { Queryable, Tx } from '../../platform/index.js';
import { jsonb } from '../json.js';
import { joinTexts } from './text.js';

export { joinTexts } from './text.js';

/** A pair as the ledger keeps it: texts live in `report_version` alone, their sections with them. */
export type PairRecord = Omit<Pair, 'draft' | 'final'> & {
  readonly draft: Omit<PairSide, 'text' | 'sections'>;
  readonly final: Omit<PairSide, 'text' | 'sections'>;
};

export type StoredPair = {
  readonly record: PairRecord;
  readonly status: PairStatus;
  readonly reason: string;
  readonly supersededBy: string | null;
  readonly revision: number;
};

type PairRow = {
  document: PairRecord;
  status: PairStatus;
  status_reason: string;
  superseded_by: string | null;
  revision: number;
};

function toStoredPair(row: PairRow): StoredPair {
  return {
    record: row.document,
    status: row.status,
    reason: row.status_reason,
    supersededBy: row.superseded_by,
    revision: row.revision,
  };
}

const COLUMNS = 'document, status, status_reason, superseded_by, revision';

export async function pairsOfStudies(
  database: Queryable,
  studyIds: readonly string[],
): Promise<readonly StoredPair[]> {
  const { rows } = await database.query<PairRow>(
    `select ${COLUMNS} from pair where study_id = any($1) order by id`,
    [studyIds],
  );
  return rows.map(toStoredPair);
}

/** Writes pairs whole; the caller has read them under the locks of their studies. */
export async function savePairs(tx: Tx, pairs: readonly StoredPair[], at: Date): Promise<void> {
  if (pairs.length === 0) return;
  await tx.query(
    `insert into pair (id, study_id, site, generator_name, generator_version, modality, status, status_reason,
       superseded_by, revision, draft_version, truth_versions, unedited, processing, quiet, completed_at, changed_at, document)
     select r->>'id', r->>'studyId', r->>'site', r#>>'{generator,name}', r#>>'{generator,version}', r#>>'{exam,modality}',
       status, reason, "supersededBy", revision, r#>>'{draft,versions,0}',
       array(select jsonb_array_elements_text(r#>'{final,versions}')), (r->>'unedited')::boolean, r->>'processing',
       (r->>'quiet')::boolean, (r->>'completedAt')::timestamptz, $2, r
     from jsonb_to_recordset($1::jsonb)
       as p(record jsonb, status text, reason text, "supersededBy" text, revision int)
     cross join lateral (select record as r) as x
     on conflict (id) do update set
       (study_id, site, modality, status, status_reason, superseded_by, revision, unedited, processing, quiet,
        completed_at, changed_at, document)
       = (excluded.study_id, excluded.site, excluded.modality, excluded.status, excluded.status_reason,
        excluded.superseded_by, excluded.revision, excluded.unedited, excluded.processing, excluded.quiet,
        excluded.completed_at, excluded.changed_at, excluded.document)`,
    [jsonb(pairs), at],
  );
}

/** A pair of the ledger with its texts, or null. */
export async function readPair(database: Queryable, id: string): Promise<Pair | null> {
  const { rows } = await database.query<{ document: PairRecord }>('select document from pair where id = $1', [
    id,
  ]);
  const record = rows[0]?.document;
  if (record === undefined) return null;
  const ids = [...record.draft.versions, ...record.final.versions];
  const found = await database.query<{ document: ReportVersion }>(
    'select document from report_version where id = any($1)',
    [ids],
  );
  const versions = new Map(found.rows.map(({ document }) => [document.id, document]));
  const side = (part: PairRecord['draft']): PairSide => ({
    ...part,
    ...joinTexts(part.versions.flatMap((versionId) => versions.get(versionId) ?? [])),
  });
  return { ...record, draft: side(record.draft), final: side(record.final) };
}
