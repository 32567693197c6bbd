/**
 * Which messages are stored already, so that a resend gets its answer again and is not stored twice. Bounded: the
 * oldest are forgotten, and what comes again after that is recognised further on by its id.
 */
export type Seen = {
  /** `stored` resolves when the message with this id is durable; undefined where it is new. */
  find(id: string): Promise<void> | undefined;
  /** The id that came under this key before, where it is another one. */
  otherUnder(onceKey: string, id: string): string | undefined;
  /** Forgets the message again when `stored` rejects. */
  add(id: string, onceKey: string, stored: Promise<void>): void;
};

export const SEEN_MESSAGES = 50_000;

function keep<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > limit ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

export function createSeen(limit: number = SEEN_MESSAGES): Seen {
  const messages = new Map<string, Promise<void>>();
  const underKey = new Map<string, string>();
  return {
    find: (id) => messages.get(id),
    otherUnder(onceKey, id) {
      const known = onceKey === '' ? undefined : underKey.get(onceKey);
      return known === id ? undefined : known;
    },
    add(id, onceKey, stored) {
      const before = onceKey === '' ? undefined : underKey.get(onceKey);
      keep(messages, id, stored, limit);
      if (onceKey !== '') keep(underKey, onceKey, id, limit);
      stored.catch(() => {
        if (messages.get(id) === stored) messages.delete(id);
        if (underKey.get(onceKey) !== id) return;
        if (before === undefined) underKey.delete(onceKey);
        else underKey.set(onceKey, before);
      });
    },
  };
}
