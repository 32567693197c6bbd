import type { Alias, IdentifierCorrection, PatientMerge } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';
import { jsonb } from '../json.js';

/** Two patient numbers of one site that are one person. */
export type PatientLink = { readonly site: string; readonly retired: string; readonly surviving: string };
export type AliasLink = { readonly from: Alias; readonly to: Alias };

/** Records merges; a repeat changes nothing. */
export async function savePatientMerges(tx: Tx, merges: readonly PatientMerge[]): Promise<void> {
  const rows = merges.flatMap((m) =>
    m.retired.flatMap((retired) =>
      m.surviving.map((surviving) => ({ site: m.site, retired, surviving, at: m.received })),
    ),
  );
  await tx.query(
    `insert into patient_merge (site, retired, surviving, merged_at)
     select site, retired, surviving, at
     from jsonb_to_recordset($1::jsonb) as m(site text, retired text, surviving text, at timestamptz)
     on conflict do nothing`,
    [jsonb(rows)],
  );
}

/** Merges that concern these patients, also through further merges. */
export async function patientLinks(tx: Tx, patients: readonly string[]): Promise<readonly PatientLink[]> {
  const { rows } = await tx.query<PatientLink>(
    `with recursive known as (
       select unnest($1::text[]) as patient
       union
       select case when m.retired = k.patient then m.surviving else m.retired end
       from known k join patient_merge m on k.patient in (m.retired, m.surviving)
     )
     select site, retired, surviving from patient_merge where retired in (select patient from known)`,
    [patients],
  );
  return rows;
}

/** Aliases of every study that has a version about one of these patients. */
export async function aliasesOfPatients(tx: Tx, patients: readonly string[]): Promise<readonly Alias[]> {
  const { rows } = await tx.query<Alias>(
    `select distinct a.kind, a.site, a.value
     from report_version r join study_version v on v.version_id = r.id join study_alias a on a.study_id = v.study_id
     where r.patients && $1::text[]`,
    [patients],
  );
  return rows;
}

/** Records corrections; a repeat changes nothing. */
export async function saveCorrections(tx: Tx, corrections: readonly IdentifierCorrection[]): Promise<void> {
  await tx.query(
    `insert into identifier_correction
     select c."from"->>'kind', c."from"->>'site', c."from"->>'value',
       c."to"->>'kind', c."to"->>'site', c."to"->>'value', c.received
     from jsonb_to_recordset($1::jsonb) as c("from" jsonb, "to" jsonb, received timestamptz)
     on conflict do nothing`,
    [jsonb(corrections)],
  );
}

type CorrectionRow = { from: Alias; to: Alias };

/** Corrections that concern these aliases, also through further corrections. */
export async function correctionsOf(tx: Tx, aliases: readonly Alias[]): Promise<readonly AliasLink[]> {
  const { rows } = await tx.query<CorrectionRow>(
    `with recursive known as (
       select kind, site, value from jsonb_to_recordset($1::jsonb) as s(kind text, site text, value text)
       union
       select l.kind, l.site, l.value from known k
       cross join lateral (
         select to_kind, to_site, to_value from identifier_correction c
         where (c.from_kind, c.from_site, c.from_value) = (k.kind, k.site, k.value)
         union all
         select from_kind, from_site, from_value from identifier_correction c
         where (c.to_kind, c.to_site, c.to_value) = (k.kind, k.site, k.value)
       ) as l(kind, site, value)
     )
     select jsonb_build_object('kind', from_kind, 'site', from_site, 'value', from_value) as "from",
       jsonb_build_object('kind', to_kind, 'site', to_site, 'value', to_value) as "to"
     from identifier_correction
     where (from_kind, from_site, from_value) in (select kind, site, value from known)`,
    [jsonb(aliases)],
  );
  return rows;
}
