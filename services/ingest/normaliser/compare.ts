import { createHash } from 'node:crypto';
import type { NormaliseResult } from './result.js';

/** One place where two readings of the same message differ. Values are JSON; a text is told by length and hash. */
export type Difference = { readonly path: string; readonly before: string; readonly after: string };

/** These follow from the others, or name the rules themselves. */
const DERIVED = new Set(['id', 'normaliser', 'text']);

/** Free text of the message that is not the report itself. */
const WORDS = new Set(['indication']);

function told(key: string, value: unknown): string {
  if (typeof value !== 'string' || !WORDS.has(key)) return JSON.stringify(value);
  return `${value.length} characters, sha256 ${createHash('sha256').update(value).digest('hex').slice(0, 8)}`;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (!DERIVED.has(key)) flatten(inner, path === '' ? key : `${path}.${key}`, into);
    }
    return;
  }
  into.set(path, told(path.slice(path.lastIndexOf('.') + 1), value));
}

function described(result: NormaliseResult): Map<string, string> {
  const lines = new Map<string, string>([['outcome', result.kind]]);
  if (result.kind !== 'quarantined') lines.set('feed', result.feed);
  if (result.kind !== 'accepted') {
    lines.set('code', result.error.code);
    lines.set('detail', result.error.detail);
    return lines;
  }
  if (result.ignored.length > 0) lines.set('ignored', result.ignored.join(', '));
  result.events.forEach((event, index) => {
    const at = `events.${index}`;
    lines.set(`${at}.type`, event.type);
    flatten(event.data, at, lines);
    if (event.type === 'overread.report.received') {
      lines.set(`${at}.text.characters`, String(event.data.text?.length ?? 'none'));
    }
  });
  return lines;
}

/**
 * What a change of rules does to one message: every place where the readings differ, sorted by path; empty where nothing
 * changes. Absent is ''. Pure; report text itself is never part of it.
 */
export function compareNormalisation(before: NormaliseResult, after: NormaliseResult): Difference[] {
  const [old, now] = [described(before), described(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((path) => ({ path, before: old.get(path) ?? '', after: now.get(path) ?? '' }))
    .filter((difference) => difference.before !== difference.after);
}
