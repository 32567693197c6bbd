import type { PatientLink } from '../../ledger/index.js';
import type { Known } from '../study/known.js';
import { Sets } from './sets.js';

const key = (site: string, patient: string) => JSON.stringify([site, patient]);

/** Patients of a group of versions, by site. Numbers of different sites say nothing about each other. */
export type Patients = ReadonlyMap<string, ReadonlySet<string>>;

/** Maps each patient number to one that stands for everybody it was merged with. */
export function patientNames(links: readonly PatientLink[]): (site: string, patient: string) => string {
  const people = new Sets<string>();
  for (const { site, retired, surviving } of links) people.unite(key(site, retired), key(site, surviving));
  return (site, patient) => people.find(key(site, patient));
}

export function patientsOf({ version }: Known, name: (site: string, patient: string) => string): Patients {
  if (version.patients.length === 0) return new Map();
  return new Map([[version.site, new Set(version.patients.map((p) => name(version.site, p)))]]);
}

/** Unknown patients contradict nobody; known ones must share a number at every site that knows both. */
export function samePatient(a: Patients, b: Patients): boolean {
  return [...a].every(([site, numbers]) => {
    const others = b.get(site);
    return others === undefined || [...numbers].some((n) => others.has(n));
  });
}

export function unitedPatients(a: Patients, b: Patients): Patients {
  const united = new Map(a);
  for (const [site, numbers] of b) united.set(site, new Set([...(united.get(site) ?? []), ...numbers]));
  return united;
}
