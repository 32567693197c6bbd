import { OverreadError, type Secrets } from '../../../contracts/index.js';

/** The value of an environment variable. Throws OVR_SECRET_MISSING, also for an empty one. */
export function secretFrom(secrets: Secrets, variable: string): string {
  const value = secrets.environment[variable];
  if (value === undefined || value === '') throw new OverreadError('OVR_SECRET_MISSING', variable);
  return value;
}
