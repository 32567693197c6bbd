import type { Generator, ReportVersion, ResultStatus, SourceKind } from '../../../../contracts/index.js';
import type { FeedRules } from '../rules/feed-rules.js';
import { authorPseudonym } from './patients.js';
import type { Reader } from './reader.js';

/**
 * Who wrote a text: the feed's kind; else the first rule whose field matches; else the status. A final or corrected text
 * is a radiologist's, a preliminary one a resident's where the feed names a resident, and unknown otherwise.
 */
function kindOf(reader: Reader, status: ResultStatus, rules: FeedRules): SourceKind {
  if (rules.feed.sourceKind !== 'any') return rules.feed.sourceKind;
  const rule = rules.sourceRules.find(({ path, matches }) =>
    reader.all([path]).some((value) => matches.test(value)),
  );
  if (rule !== undefined) return rule.kind;
  if (status !== 'preliminary') return 'radiologist';
  return reader.first(...rules.paths.resident) === '' ? 'unknown' : 'resident';
}

/** A version nobody sent is `unknown`, which is a version of its own in every statistic. */
export function generatorOf(reader: Reader, rules: FeedRules): Generator {
  const { name, version } = rules.feed.generator;
  return {
    name: name ?? (reader.first(...rules.paths.generatorName) || 'unknown'),
    version: version ?? (reader.first(...rules.paths.generatorVersion) || 'unknown'),
  };
}

export function sourceOf(
  reader: Reader,
  status: ResultStatus,
  component: string,
  rules: FeedRules,
  hashKey: string,
): ReportVersion['source'] {
  const kind = kindOf(reader, status, rules);
  if (kind === 'ai') return { kind, generator: generatorOf(reader, rules), author: null };
  const { radiologist, resident } = rules.paths;
  const order = kind === 'radiologist' ? [...radiologist, ...resident] : [...resident, ...radiologist];
  const authors = order
    .flatMap((path) => reader.all([path]))
    .map((field) => authorPseudonym(field, component, rules.feed.site, hashKey));
  return { kind, generator: null, author: authors.find((author) => author !== null) ?? null };
}
