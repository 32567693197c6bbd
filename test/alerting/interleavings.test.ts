import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MetricResult } from '../../contracts/index.js';
import type { Database, OutgoingEvent } from '../../services/platform/index.js';
import { emptyAlerts, testAlerting } from '../support/alerting.js';
import { engines, type Ledger, startLedger } from '../support/engines.js';
import {
  discrepancy,
  savePair,
  scored,
  scoreEvent,
  scoreOf,
  stateEvent,
  testPair,
} from '../support/scored-pairs.js';

const RESULTS = {
  urgent: scored(discrepancy({ significance: 'urgent' })),
  actionable: scored(discrepancy()),
  nothing: scored(),
  unscorable: { state: 'unscorable', reason: 'time_limit' },
} as const satisfies Record<string, MetricResult>;
type Outcome = keyof typeof RESULTS;

/** A study whose truth changes: its pairs one after the other, and whether the last is withdrawn in the end. */
type Story = {
  readonly outcomes: readonly Outcome[];
  readonly withdrawn: boolean;
  readonly delays: readonly number[];
};

const story: fc.Arbitrary<Story> = fc.record({
  outcomes: fc
    .tuple(
      fc.array(fc.constantFrom<Outcome>('urgent', 'actionable', 'nothing', 'unscorable'), { maxLength: 2 }),
      fc.constantFrom<Outcome>('urgent', 'actionable', 'nothing'),
    )
    .map(([earlier, last]) => [...earlier, last]),
  withdrawn: fc.boolean(),
  // How long each event, first and repeated, is under way; pairing moves every 10.
  delays: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 20, maxLength: 20 }),
});

type Step = { readonly at: number; readonly commit?: () => Promise<void>; readonly event?: OutgoingEvent };

function steps(database: Database, name: string, { outcomes, withdrawn, delays }: Story): Step[] {
  const pairs = outcomes.map((_, k) =>
    testPair(`${name}-${k}`, { studyId: name, completedAt: `2026-03-04T07:59:0${k}.000Z` }),
  );
  const delay = [...delays];
  const twice = (committed: number, event: OutgoingEvent): Step[] =>
    [delay.pop() ?? 0, delay.pop() ?? 0].map((under) => ({ at: committed + 1 + under, event }));
  return pairs.flatMap((pair, k): Step[] => {
    const at = 10 * k;
    const before = pairs[k - 1];
    const last = k === pairs.length - 1;
    return [
      {
        at,
        commit: async () => {
          if (before !== undefined) await savePair(database, before, 'superseded');
          await savePair(database, pair);
        },
      },
      ...twice(at, scoreEvent(scoreOf(pair, RESULTS[outcomes[k] ?? 'nothing']))),
      ...(before === undefined ? [] : twice(at, stateEvent(before, 'superseded', { supersededBy: pair.id }))),
      ...(last && withdrawn
        ? [
            { at: at + 10, commit: () => savePair(database, pair, 'withdrawn') },
            ...twice(at + 10, stateEvent(pair, 'withdrawn')),
          ]
        : []),
    ];
  });
}

/** What must stand in the end, whatever came when; null: no alert, or a withdrawn one. */
function expected({ outcomes, withdrawn }: Story): string | null {
  const last = outcomes.at(-1);
  return withdrawn || last === 'nothing' ? null : `${last} on pair ${outcomes.length - 1}`;
}

describe.each(engines)('interleavings on %s', (engine) => {
  let ledger: Ledger;
  beforeAll(async () => {
    ledger = await startLedger(engine);
    await emptyAlerts(ledger.database);
  }, 60_000);
  afterAll(() => ledger.close());

  let run = 0;

  test('scores and pair states, in any order, repeated, batched and at once, end in the same alerts', async () => {
    const { database } = ledger;
    const alerting = await testAlerting({ database });
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (stories, batch) => {
          run += 1;
          const name = (n: number) => `run-${run}-study-${n}`;
          const line = stories
            .flatMap((s, n) => steps(database, name(n), s))
            .sort((a, b) => a.at - b.at || Number(a.commit === undefined) - Number(b.commit === undefined));
          let waiting: OutgoingEvent[] = [];
          let running: Promise<unknown>[] = [];
          const flush = () => {
            if (waiting.length > 0) running.push(alerting.give(...waiting));
            waiting = [];
          };
          for (const step of line) {
            if (step.commit !== undefined) running.push(step.commit());
            // An event exists only once its state is committed.
            if (step.commit !== undefined) await running.at(-1);
            if (step.event !== undefined) waiting.push(step.event);
            if (waiting.length >= batch) flush();
            // Two batches at once, as two consumers of a group would.
            if (running.length >= 2) {
              await Promise.all(running);
              running = [];
            }
          }
          flush();
          await Promise.all(running);

          const pairNames = new Map(
            stories.flatMap((s, n) => s.outcomes.map((_, k) => [testPair(`${name(n)}-${k}`).id, k] as const)),
          );
          const ids = [...pairNames.keys()];
          const { rows } = await database.query<{ study_id: string; significance: string; pair_id: string }>(
            "select study_id, significance, pair_id from alert where pair_id = any($1) and state = 'open'",
            [ids],
          );
          const found = stories.map((_, n) => {
            const own = rows.filter((row) => row.study_id === name(n));
            return own.length === 0
              ? null
              : own.map((row) => `${row.significance} on pair ${pairNames.get(row.pair_id)}`).join();
          });
          expect(found).toEqual(stories.map(expected));
        },
      ),
      { numRuns: 40 },
    );
    // One revision a change, none missing, none repeated.
    const { rows } = await database.query(
      `select a.id from alert a left join alert_revision r on r.alert_id = a.id
       group by a.id, a.revision having count(*) <> a.revision`,
    );
    expect(rows).toEqual([]);
  }, 120_000);
});
