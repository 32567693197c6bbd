import type { Generator } from '../../../contracts/index.js';
import type { Queryable, Tx } from '../../platform/index.js';
import { jsonb } from '../json.js';

export type MissingSide = 'final' | 'draft';

export type Wait = {
  readonly studyId: string;
  readonly missing: MissingSide;
  readonly since: Date;
  readonly dueAt: Date;
  readonly generator: Generator | null;
  readonly modality: string | null;
};

type WaitRow = {
  study_id: string;
  site: string;
  missing: MissingSide;
  since: Date;
  due_at: Date;
  generator_name: string | null;
  generator_version: string | null;
  modality: string | null;
};

function toWait(row: WaitRow): Wait & { readonly site: string } {
  const { generator_name: name, generator_version: version } = row;
  return {
    studyId: row.study_id,
    site: row.site,
    missing: row.missing,
    since: row.since,
    dueAt: row.due_at,
    generator: name === null ? null : { name, version: version ?? '' },
    modality: row.modality,
  };
}

const COLUMNS = 'w.study_id, w.missing, w.since, w.due_at, w.generator_name, w.generator_version, w.modality';

export async function waitsOfStudies(tx: Tx, studyIds: readonly string[]): Promise<readonly Wait[]> {
  const { rows } = await tx.query<WaitRow>(
    `select ${COLUMNS}, s.site from study_wait w join study s on s.id = w.study_id where w.study_id = any($1)`,
    [studyIds],
  );
  return rows.map(toWait);
}

export async function saveWaits(
  tx: Tx,
  begun: readonly Wait[],
  ended: readonly Pick<Wait, 'studyId' | 'missing'>[],
): Promise<void> {
  if (ended.length > 0) {
    await tx.query(
      `delete from study_wait using jsonb_to_recordset($1::jsonb) as e("studyId" text, missing text)
       where study_wait.study_id = e."studyId" and study_wait.missing = e.missing`,
      [jsonb(ended)],
    );
  }
  if (begun.length > 0) {
    await tx.query(
      `insert into study_wait (study_id, missing, since, due_at, generator_name, generator_version, modality)
       select "studyId", missing, since, "dueAt", generator->>'name', generator->>'version', modality
       from jsonb_to_recordset($1::jsonb)
         as b("studyId" text, missing text, since timestamptz, "dueAt" timestamptz, generator jsonb, modality text)`,
      [jsonb(begun)],
    );
  }
}

/**
 * Takes at most `limit` waits that are due, oldest first, and marks them announced: each is returned once. Rows
 * another process holds are left to it.
 */
export async function takeOverdue(
  tx: Tx,
  now: Date,
  limit: number,
): Promise<readonly (Wait & { readonly site: string })[]> {
  const { rows } = await tx.query<WaitRow>(
    `update study_wait w set announced_at = $1
     from study s
     where s.id = w.study_id and (w.study_id, w.missing) in (
       select study_id, missing from study_wait
       where announced_at is null and due_at <= $1 order by due_at limit $2 for update skip locked
     )
     returning ${COLUMNS}, s.site`,
    [now, limit],
  );
  return rows.map(toWait);
}

export type WaitingCount = {
  readonly missing: MissingSide;
  readonly studies: number;
  readonly oldest: Date | null;
};

/** Studies that lack a side, announced or not. */
export async function countWaiting(database: Queryable): Promise<readonly WaitingCount[]> {
  const { rows } = await database.query<WaitingCount>(
    'select missing, count(*)::int as studies, min(since) as oldest from study_wait group by missing',
  );
  return rows;
}
