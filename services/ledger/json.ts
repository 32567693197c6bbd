/** Characters jsonb refuses (PostgreSQL 8.14.1): NUL and lone surrogates. One for one, so that offsets stay true. */
const UNSTORABLE = /[\0\p{Cs}]/gu;

/** JSON for a `$n::jsonb` parameter. */
export function jsonb(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.replace(UNSTORABLE, '\uFFFD') : part,
  );
}
