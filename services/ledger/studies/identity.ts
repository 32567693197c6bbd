import type { Alias, IdentifierCorrection, PatientMerge } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';
import { jsonb } from '../json.js';
import { aliasKey } from './locks.js';

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
  const links = new Map<string, PatientLink>();
  const asked = new Set<string>();
  for (let next = [...new Set(patients)]; next.length > 0; ) {
    for (const patient of next) asked.add(patient);
    const { rows } = await tx.query<PatientLink>(
      'select site, retired, surviving from patient_merge where retired = any($1) or surviving = any($1)',
      [next],
    );
    for (const link of rows) links.set(JSON.stringify(link), link);
    next = [...new Set(rows.flatMap((l) => [l.retired, l.surviving]))].filter((p) => !asked.has(p));
  }
  return [...links.values()];
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

type CorrectionRow = { from_alias: Alias; to_alias: Alias };

/** Corrections that concern these aliases, also through further corrections. */
export async function correctionsOf(tx: Tx, aliases: readonly Alias[]): Promise<readonly AliasLink[]> {
  const links = new Map<string, AliasLink>();
  const asked = new Set<string>();
  for (let next = [...new Set(aliases.map((a) => a.value))]; next.length > 0; ) {
    for (const value of next) asked.add(value);
    const { rows } = await tx.query<CorrectionRow>(
      `select jsonb_build_object('kind', from_kind, 'site', from_site, 'value', from_value) as from_alias,
         jsonb_build_object('kind', to_kind, 'site', to_site, 'value', to_value) as to_alias
       from identifier_correction where from_value = any($1) or to_value = any($1)`,
      [next],
    );
    for (const { from_alias: from, to_alias: to } of rows) {
      links.set(`${aliasKey(from)}${aliasKey(to)}`, { from, to });
    }
    next = [...new Set(rows.flatMap((r) => [r.from_alias.value, r.to_alias.value]))].filter(
      (value) => !asked.has(value),
    );
  }
  return [...links.values()];
}
