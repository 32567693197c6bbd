import { InvalidArgumentError } from 'commander';

/** Parsers of command-line values: a value that is not what it should be is refused before anything starts. */
export function number(value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed) || parsed < 0) {
    throw new InvalidArgumentError('a number of 0 or more is expected.');
  }
  return parsed;
}

export function positiveInteger(value: string): number {
  const parsed = number(value);
  if (!Number.isSafeInteger(parsed) || parsed < 1) {
    throw new InvalidArgumentError('a whole number of 1 or more is expected.');
  }
  return parsed;
}
