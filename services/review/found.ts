import { OverreadError } from '../../contracts/index.js';

/** What was asked for, or OVR_NOT_FOUND. */
export function found<T>(value: T | null, what: string): T {
  if (value === null) throw new OverreadError('OVR_NOT_FOUND', what);
  return value;
}
