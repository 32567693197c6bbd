import type { FeedRules } from '../rules/feed-rules.js';
import type { MessageFacts } from '../version.js';
import { compilePath, type Path, readAll } from './field-path.js';
import type { Hl7Message, Segment } from './message.js';

/** A parsed message with what is needed to read it. */
export type Hl7Input = {
  readonly message: Hl7Message;
  readonly rules: FeedRules;
  readonly facts: MessageFacts;
  /** From decoding the bytes. */
  readonly flags: readonly string[];
};

/** Reads paths in some segments of one message. */
export type Reader = {
  all(paths: readonly Path[]): string[];
  /** The first value of the first path that has one, or ''. */
  first(...paths: readonly (Path | string)[]): string;
};

export function readerOf(segments: readonly Segment[], message: Hl7Message): Reader {
  const byName = new Map<string, Segment[]>();
  for (const segment of segments) {
    const sameName = byName.get(segment.name);
    if (sameName === undefined) byName.set(segment.name, [segment]);
    else sameName.push(segment);
  }
  const values = (path: Path) => readAll(path, byName.get(path.segment) ?? [], message);
  return {
    all: (paths) => paths.flatMap(values),
    first(...paths) {
      for (const path of paths) {
        const [value] = values(typeof path === 'string' ? compilePath(path) : path);
        if (value !== undefined) return value;
      }
      return '';
    },
  };
}
