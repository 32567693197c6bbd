import { createHash, createHmac } from 'node:crypto';

/** Length before each part, so that ("ab","c") and ("a","bc") differ. */
function joined(parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      return [Buffer.from(`${bytes.length}:`), bytes];
    }),
  );
}

/** The same parts give the same id on every machine: `prefix_` and 32 hex digits of a SHA-256. */
export function deterministicId(prefix: string, ...parts: readonly (string | Buffer)[]): string {
  return `${prefix}_${createHash('sha256').update(joined(parts)).digest('hex').slice(0, 32)}`;
}

/** A pseudonym that only the holder of the key can link back: 32 hex digits of an HMAC-SHA-256. */
export function pseudonym(key: string, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(joined(parts)).digest('hex').slice(0, 32);
}
