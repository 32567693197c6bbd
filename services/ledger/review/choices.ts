import type { Queryable } from '../../platform/index.js';

/** Values the filters offer: what stands in the alerts, whatever their state. */
export type FilterChoices = {
  readonly generators: readonly string[];
  readonly versions: readonly string[];
  readonly modalities: readonly string[];
};

export async function filterChoices(db: Queryable): Promise<FilterChoices> {
  const { rows } = await db.query<{
    generator_name: string;
    generator_version: string;
    modality: string | null;
  }>('select distinct generator_name, generator_version, modality from alert');
  const distinct = (values: readonly (string | null)[]) =>
    [...new Set(values)].filter((value): value is string => value !== null && value !== '').sort();
  return {
    generators: distinct(rows.map((row) => row.generator_name)),
    versions: distinct(rows.map((row) => row.generator_version)),
    modalities: distinct(rows.map((row) => row.modality)),
  };
}
