import { ERRORS, OverreadError } from '../../contracts/index.js';

/** An error as a person reads it: code, what happened, where, what to do, where more is written. */
export function errorText(error: unknown): string {
  if (!(error instanceof OverreadError)) return error instanceof Error ? error.message : String(error);
  const { what, remedy } = ERRORS[error.code];
  const place = error.detail === '' ? '' : `\n${error.detail}`.replaceAll('\n', '\n  ');
  return `${error.code}: ${what}${place}\n  ${remedy}.\n  See docs/errors.md#${error.code.toLowerCase()}`;
}
