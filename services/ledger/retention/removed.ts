/** Rows removed, by table. */
export type Removed = Map<string, number>;

export function total(removed: Removed): number {
  return [...removed.values()].reduce((sum, rows) => sum + rows, 0);
}
