import { AlertFilter, AlertQuery } from '../../../contracts/index.js';
import { checked } from '../../platform/index.js';

/** A form sends every field; an empty one is a filter not set. */
function given(query: unknown): Record<string, unknown> {
  const entries = typeof query === 'object' && query !== null ? Object.entries(query) : [];
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** Throws OVR_REQUEST_INVALID. */
export function worklistQueryOf(query: unknown): AlertQuery {
  return checked(AlertQuery, given(query), 'query');
}

/** The filter a case was reached by. The text-edit switch is not part of it. */
export function caseQueryOf(query: unknown): { readonly filter: AlertFilter; readonly edits: boolean } {
  const { edits, ...rest } = given(query);
  return { filter: checked(AlertFilter, rest, 'query'), edits: edits === '1' };
}

const DEFAULTS = AlertFilter.parse({});

/** The filter as the part of an address behind `?`, without what goes without saying; '' for the plain list. */
export function queryString(filter: AlertFilter, more: Readonly<Record<string, string | null>> = {}): string {
  const names = Object.keys(AlertFilter.shape) as (keyof AlertFilter)[];
  const said = names
    .map((name) => [name, filter[name]] as const)
    .filter(([name, value]) => value !== undefined && value !== DEFAULTS[name])
    .map(([name, value]) => [name, String(value)] as const);
  const extra = Object.entries(more).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  const query = new URLSearchParams(Object.fromEntries([...said, ...extra])).toString();
  return query === '' ? '' : `?${query}`;
}

export function isPlain(filter: AlertFilter): boolean {
  return queryString(filter) === '';
}
