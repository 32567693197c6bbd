import type { TrialAnswer } from '../../../contracts/index.js';

const ENDS = {
  all: 'everything stored was read',
  limit: 'stopped at --limit',
  time: 'stopped after the time a trial may take',
} as const satisfies Record<TrialAnswer['ended'], string>;

const value = (text: string) => (text === '' ? '(absent)' : text);

/** A trial as a person reads it: what would change, how often, and where. */
export function describeTrial(answer: TrialAnswer): string {
  const { read, changed, before, after, paths, changes, until, ended } = answer;
  const outcomes = (['accepted', 'refused', 'quarantined'] as const).map(
    (name) => `  ${name.padEnd(12)} ${before[name]} → ${after[name]}`,
  );
  const goOn = ended === 'all' || until === null ? '' : `; go on with --since ${until}`;
  return [
    `${read} messages read, ${changed} would be read otherwise (${ENDS[ended]}${goOn})`,
    ...outcomes,
    ...(paths.length === 0 ? [] : ['', 'what changes, in how many messages:']),
    ...paths.map(({ path, messages }) => `  ${String(messages).padStart(6)}  ${path}`),
    ...changes.flatMap(({ messageId, feed, receivedAt, differences }) => [
      '',
      `${messageId}  ${receivedAt}  ${feed === '' ? 'no feed' : `feed ${feed}`}`,
      ...differences.map((d) => `  ${d.path}: ${value(d.before)} → ${value(d.after)}`),
    ]),
    ...(changed > changes.length ? ['', `and ${changed - changes.length} more`] : []),
    '',
  ].join('\n');
}
