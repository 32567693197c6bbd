import { instantOf, readTime, type Zone } from './times.js';

/** What a sender's clock may be ahead of ours. */
const MAX_SKEW_MS = 5 * 60_000;
/** A report from longer ago is history loaded again or a wrong clock; either way its time orders nothing. */
const MAX_AGE_MS = 10 * 365.25 * 86_400_000;

export type Times = {
  readonly source: string | null;
  readonly received: string;
  readonly clock: string;
  readonly clockFrom: 'source' | 'received';
};

/**
 * Times of a version from the candidates in the order of the feed's rules. A day without its time cannot order a draft
 * and its final, so the next candidate is asked. One in the future or more than ten years old is not taken, and flagged:
 * `source_time_in_future` is what a wrong time zone looks like.
 */
export function timesOf(
  candidates: readonly string[],
  zone: Zone,
  received: string,
): { times: Times; flags: string[] } {
  const receivedAt = Date.parse(received);
  const flags: string[] = [];
  for (const candidate of candidates) {
    const written = readTime(candidate);
    if (written === null || written.precision === 'day' || written.precision === 'hour') continue;
    const instant = instantOf(written, zone);
    if (instant.getTime() > receivedAt + MAX_SKEW_MS) {
      flags.push('source_time_in_future');
    } else if (instant.getTime() < receivedAt - MAX_AGE_MS) {
      flags.push('source_time_too_old');
    } else {
      const source = instant.toISOString();
      return { times: { source, received, clock: source, clockFrom: 'source' }, flags: [...new Set(flags)] };
    }
  }
  const times = { source: null, received, clock: received, clockFrom: 'received' } as const;
  return { times, flags: [...new Set(flags)] };
}
