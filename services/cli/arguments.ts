import { InvalidArgumentError } from 'commander';
import { ServiceRole } from '../../contracts/index.js';

/** Parsers of command-line values: a value that is not what it should be is refused before anything starts. */
export function number(value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed) || parsed < 0) {
    throw new InvalidArgumentError('a number of 0 or more is expected.');
  }
  return parsed;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day (its start in UTC) or a time with its offset, as an ISO 8601 time in UTC: a time without one is two times. */
export function moment(value: string): string {
  const at = Date.parse(value);
  if (!MOMENT.test(value) || Number.isNaN(at)) {
    throw new InvalidArgumentError(
      'a day (2026-03-01) or a time with its offset (2026-03-01T08:00Z) is expected.',
    );
  }
  return new Date(at).toISOString();
}

export function positiveInteger(value: string): number {
  const parsed = number(value);
  if (!Number.isSafeInteger(parsed) || parsed < 1) {
    throw new InvalidArgumentError('a whole number of 1 or more is expected.');
  }
  return parsed;
}

/** Names with commas between them. */
export function serviceRoles(value: string): readonly ServiceRole[] {
  const roles = value.split(',').map((name) => {
    const role = ServiceRole.safeParse(name.trim());
    if (role.success) return role.data;
    throw new InvalidArgumentError(`a list of ${ServiceRole.options.join(', ')} is expected.`);
  });
  return [...new Set(roles)];
}
