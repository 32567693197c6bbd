import type { AlertingConfig, Score } from '../../contracts/index.js';
import {
  alertChangedEvent,
  countNotices,
  enqueueDeliveries,
  insertScores,
  lockAlerting,
  readStandings,
  takenAlertIds,
  writeAlertChanges,
} from '../ledger/index.js';
import type { Database, EventBus, Tx } from '../platform/index.js';
import { allot, budgetDay, type Notice } from './budget.js';
import { type Circumstances, type Decision, decide, movedAlertId } from './decide.js';
import { hears } from './delivery/channels.js';

/** What one batch of events brings: new scores, and pairs whose state may have changed. */
export type Arrivals = {
  readonly scores: readonly Score[];
  readonly pairIds: readonly string[];
  /** `traceparent` and the like by study, carried on to the alerts. */
  readonly attributes: ReadonlyMap<string, Readonly<Record<string, string>>>;
};

export type Stored = { readonly scores: number; readonly decisions: readonly Decision[] };

export type StoreDeps = {
  readonly database: Database;
  readonly bus: Pick<EventBus, 'append'>;
  readonly config: AlertingConfig;
  readonly publicUrl: string;
};

/**
 * One transaction: the scores, the alerts they raise, revise or withdraw, what is to be delivered, and the events
 * that say so. Alerts are worked out anew from the ledger for every study touched, so a redelivered event and any
 * order of scores and pair states end in the same alerts. Throws OVR_SCORE_WITHOUT_PAIR.
 */
export function storeArrivals(
  { database, bus, config, publicUrl }: StoreDeps,
  arrivals: Arrivals,
  now: Date,
): Promise<Stored> {
  const circumstances: Circumstances = {
    rules: config.rules,
    now,
    maxAgeMs: config.maxAgeHours * 3_600_000,
    shadow: config.shadow,
    publicUrl,
  };
  return database.tx(async (tx) => {
    await lockAlerting(tx);
    const scores = await insertScores(tx, arrivals.scores);
    // A redelivered score had its effect when it was stored; only what is new can change anything.
    const pairIds = new Set([...scores.map((score) => score.pairId), ...arrivals.pairIds]);
    const standings = await readStandings(tx, [...pairIds]);
    const decided = standings.flatMap((standing) => decide(standing, circumstances));
    if (decided.length === 0) return { scores: scores.length, decisions: [] };
    const decisions = await withFreeIds(tx, decided);
    await writeAlertChanges(tx, decisions);
    await enqueue(tx, decisions, config, now);
    if (!config.shadow) {
      const events = decisions.flatMap((decision) => {
        const event = alertChangedEvent(decision, arrivals.attributes.get(decision.studyId));
        return event === null ? [] : [event];
      });
      if (events.length > 0) await bus.append(tx, events);
    }
    return { scores: scores.length, decisions };
  });
}

/** An alert keeps its id when its pair moves to another study; a later alert of the study it left needs one of its own. */
async function withFreeIds(tx: Tx, decisions: readonly Decision[]): Promise<Decision[]> {
  const first = decisions.filter(({ alert }) => alert.revision === 1);
  const taken = await takenAlertIds(
    tx,
    first.map(({ alert }) => alert.id),
  );
  return decisions.map((decision) =>
    decision.alert.revision === 1 && taken.has(decision.alert.id)
      ? { ...decision, alert: { ...decision.alert, id: movedAlertId(decision) } }
      : decision,
  );
}

async function enqueue(
  tx: Tx,
  decisions: readonly Decision[],
  config: AlertingConfig,
  now: Date,
): Promise<void> {
  const rules = new Map(config.rules.map((rule) => [rule.name, rule]));
  const notices = decisions.flatMap((decision): Notice[] => {
    const named = rules.get(decision.alert.rule)?.channels ?? [];
    return config.channels
      .filter((channel) => named.length === 0 || named.includes(channel.name))
      .filter((channel) => hears(channel.type, decision))
      .map((channel) => ({
        channel: channel.name,
        notice: decision.notice,
        alertId: decision.alert.id,
        alertRevision: decision.alert.revision,
        studyId: decision.studyId,
        urgent: decision.alert.significance === 'urgent',
        told: !config.shadow && !decision.shadow && !decision.late,
      }));
  });
  if (notices.length === 0) return;
  const used = await countNotices(tx, budgetDay(now));
  await enqueueDeliveries(tx, allot(notices, used, config.dailyBudget), now);
}
