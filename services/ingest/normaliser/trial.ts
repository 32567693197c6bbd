import { setImmediate } from 'node:timers/promises';
import {
  type FeedConfig,
  OverreadError,
  TOPICS,
  type TrialAnswer,
  type TrialChange,
  type TrialRequest,
} from '../../../contracts/index.js';
import { type Clock, deterministicId, type EventBus, type IncomingEvent } from '../../platform/index.js';
import { compareNormalisation } from './compare.js';
import { type NormaliserRules, normalise, normaliserRules } from './normalise.js';
import { rawMessageOf } from './raw-message.js';
import type { NormaliseResult } from './result.js';

export type TrialDeps = {
  readonly bus: Pick<EventBus, 'scan'>;
  /** The rules in force. */
  readonly feeds: readonly FeedConfig[];
  readonly hashKey: string;
  readonly clock: Clock;
};

/** Runs stored messages through the rules in force and others. One at a time, else OVR_TRIAL_RUNNING. */
export type Trial = (request: TrialRequest) => Promise<TrialAnswer>;

/** A request must not wait for longer, whatever the topic holds. */
const TIME_LIMIT_MS = 60_000;
/** Enough to see what a change does; the counts are over all messages. */
const CHANGES_SHOWN = 200;

type Outcomes = Record<NormaliseResult['kind'], number>;
const noOutcomes = (): Outcomes => ({ accepted: 0, refused: 0, quarantined: 0 });

/** One reading for each set of rules; null for an event no version of the service could have stored so. */
function readingsOf(event: IncomingEvent, rules: readonly NormaliserRules[], hashKey: string) {
  try {
    const raw = rawMessageOf(event);
    return rules.map((each) => normalise(raw, each, { hashKey }));
  } catch (error) {
    if (error instanceof OverreadError) return null;
    throw error;
  }
}

/** Counts over what has been compared so far. */
function createTally() {
  const [before, after] = [noOutcomes(), noOutcomes()];
  const paths = new Map<string, number>();
  const changes: TrialChange[] = [];
  let read = 0;
  let changed = 0;
  return {
    add(event: IncomingEvent, old: NormaliseResult, now: NormaliseResult) {
      read += 1;
      before[old.kind] += 1;
      after[now.kind] += 1;
      const differences = compareNormalisation(old, now);
      if (differences.length === 0) return;
      changed += 1;
      const kinds = new Set(differences.map(({ path }) => path.replace(/\.\d+(?=\.|$)/g, '.*')));
      for (const path of kinds) paths.set(path, (paths.get(path) ?? 0) + 1);
      if (changes.length >= CHANGES_SHOWN) return;
      const feed = old.kind === 'quarantined' ? '' : old.feed;
      changes.push({ messageId: event.id, feed, receivedAt: event.time.toISOString(), differences });
    },
    read: () => read,
    answer: (until: Date | null, ended: TrialAnswer['ended']): TrialAnswer => ({
      read,
      changed,
      before,
      after,
      paths: [...paths]
        .map(([path, messages]) => ({ path, messages }))
        .sort((a, b) => b.messages - a.messages || (a.path < b.path ? -1 : 1)),
      changes,
      until: until?.toISOString() ?? null,
      ended,
    }),
  };
}

/**
 * Tries changed rules on the raw messages the topic hl7 still holds; nothing is published or stored. Gives way to
 * everything else between two messages.
 */
export function createTrial({ bus, feeds, hashKey, clock }: TrialDeps): Trial {
  let running = false;

  async function run({ feeds: changed, since, limit }: TrialRequest): Promise<TrialAnswer> {
    const rules = [normaliserRules(feeds), normaliserRules(changed)];
    const tally = createTally();
    const seen = new Set<string>();
    const deadline = clock.now().getTime() + TIME_LIMIT_MS;
    let until: Date | null = null;
    for await (const event of bus.scan(TOPICS.hl7, since === undefined ? {} : { since: new Date(since) })) {
      if (tally.read() >= limit) return tally.answer(until, 'limit');
      if (clock.now().getTime() > deadline) return tally.answer(until, 'time');
      until = event.time;
      const bytes = deterministicId('bytes', event.attributes.feed ?? '', event.data);
      const [old, now] = (seen.has(bytes) ? null : readingsOf(event, rules, hashKey)) ?? [];
      seen.add(bytes);
      if (old !== undefined && now !== undefined) tally.add(event, old, now);
      await setImmediate();
    }
    return tally.answer(until, 'all');
  }

  return async (request) => {
    if (running) throw new OverreadError('OVR_TRIAL_RUNNING');
    running = true;
    try {
      return await run(request);
    } finally {
      running = false;
    }
  };
}
