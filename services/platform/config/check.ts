import { type Document, isMap, isPair, LineCounter, parseDocument } from 'yaml';
import { Config } from '../../../contracts/index.js';

/** One thing wrong with a configuration file; `path` is dotted (`feeds.0.site`), `line` counts from 1. */
export type ConfigProblem = { readonly path: string; readonly message: string; readonly line: number | null };

export type ConfigCheck =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** The line of the deepest part of `path` that the file has: a missing key is reported where it should stand. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | null {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const known = path.slice(0, depth).map(String);
    const parent = known.length > 0 ? document.getIn(known.slice(0, -1), true) : undefined;
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === known.at(-1))
      : undefined;
    const node = pair?.key ?? (depth === 0 ? document.contents : document.getIn(known, true));
    const start =
      typeof node === 'object' && node !== null && 'range' in node
        ? (node.range as number[] | null)?.[0]
        : undefined;
    if (start !== undefined) return lines.linePos(start).line;
  }
  return null;
}

/** Every problem of a configuration text at once, unknown keys included, or the configuration with its defaults. */
export function checkConfig(text: string): ConfigCheck {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((e) => ({
      path: '',
      message: e.message,
      line: lines.linePos(e.pos[0]).line,
    }));
    return { ok: false, problems };
  }
  const parsed = Config.safeParse(document.toJS() ?? {});
  if (parsed.success) return { ok: true, config: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : null;
    if (keys === null) {
      return [
        { path: issue.path.join('.'), message: issue.message, line: lineOf(document, lines, issue.path) },
      ];
    }
    return keys.map((key) => ({
      path: [...issue.path, key].join('.'),
      message: 'there is no such setting',
      line: lineOf(document, lines, [...issue.path, key]),
    }));
  });
  return { ok: false, problems };
}
