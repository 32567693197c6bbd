/** Samples of a Prometheus text page: metric name with its labels as written, to value. */
export type Page = ReadonlyMap<string, number>;

export async function scrape(url: string): Promise<Page> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const samples = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    if (line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    if (space > 0) samples.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return samples;
}

/** Sum over all label sets of a counter or gauge. */
export function total(page: Page, name: string): number {
  let sum = 0;
  for (const [key, value] of page) {
    if (key === name || key.startsWith(`${name}{`)) sum += value;
  }
  return sum;
}

/**
 * Upper bound of the bucket in which the `share` of the observations between two scrapes lies; Infinity when it lies
 * beyond the last bucket, NaN when nothing was observed. Label sets other than `le` are added up.
 */
export function quantileBetween(before: Page, after: Page, name: string, share: number): number {
  const buckets = new Map<number, number>();
  for (const [page, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    for (const [key, value] of page) {
      if (!key.startsWith(`${name}_bucket{`)) continue;
      const bound = /le="([^"]+)"/.exec(key)?.[1];
      if (bound === undefined) continue;
      const upper = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
      buckets.set(upper, (buckets.get(upper) ?? 0) + sign * value);
    }
  }
  const count = buckets.get(Number.POSITIVE_INFINITY) ?? 0;
  if (count === 0) return Number.NaN;
  const bounds = [...buckets].sort(([a], [b]) => a - b);
  return bounds.find(([, seen]) => seen >= share * count)?.[0] ?? Number.POSITIVE_INFINITY;
}
