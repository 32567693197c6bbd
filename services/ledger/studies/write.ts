import type { Alias } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';
import { jsonb } from '../json.js';
import type { VersionState } from './reach.js';

export type NewStudy = { readonly id: string; readonly site: string };
export type Membership = {
  readonly studyId: string;
  readonly versionId: string;
  readonly state: VersionState;
};

/** What pairing decided about studies; a change of nothing costs no statement. */
export type StudyChanges = {
  readonly created: readonly NewStudy[];
  readonly merged: readonly { readonly id: string; readonly into: string | null }[];
  readonly aliases: readonly (Alias & { readonly studyId: string })[];
  readonly placed: readonly Membership[];
  readonly removed: readonly Omit<Membership, 'state'>[];
};

export async function saveStudies(tx: Tx, changes: StudyChanges, at: Date): Promise<void> {
  if (changes.created.length > 0) {
    await tx.query(
      `insert into study (id, site, created_at)
       select id, site, $2 from jsonb_to_recordset($1::jsonb) as s(id text, site text)`,
      [jsonb(changes.created), at],
    );
  }
  if (changes.merged.length > 0) {
    await tx.query(
      `update study set merged_into = m."into"
       from jsonb_to_recordset($1::jsonb) as m(id text, "into" text) where study.id = m.id`,
      [jsonb(changes.merged)],
    );
  }
  if (changes.aliases.length > 0) {
    await tx.query(
      `insert into study_alias (kind, site, value, study_id, created_at)
       select kind, site, value, "studyId", $2
       from jsonb_to_recordset($1::jsonb) as a(kind text, site text, value text, "studyId" text)
       on conflict do nothing`,
      [jsonb(changes.aliases), at],
    );
  }
  if (changes.removed.length > 0) {
    await tx.query(
      `delete from study_version using jsonb_to_recordset($1::jsonb) as r("studyId" text, "versionId" text)
       where study_id = r."studyId" and version_id = r."versionId"`,
      [jsonb(changes.removed)],
    );
  }
  if (changes.placed.length > 0) {
    await tx.query(
      `insert into study_version (study_id, version_id, state)
       select "studyId", "versionId", state
       from jsonb_to_recordset($1::jsonb) as p("studyId" text, "versionId" text, state text)
       on conflict (study_id, version_id) do update set state = excluded.state`,
      [jsonb(changes.placed)],
    );
  }
}
