import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { insertScores } from '../../../services/ledger/index.js';
import type { Database } from '../../../services/platform/index.js';
import { emptyAlerts } from '../../support/alerting.js';
import { engines, type Ledger, startLedger } from '../../support/engines.js';
import { discrepancy, savePair, scored, scoreOf, testPair } from '../../support/scored-pairs.js';

const pair = testPair('a');

describe.each(engines)('storing scores on %s', (engine) => {
  let ledger: Ledger;
  let database: Database;
  beforeAll(async () => {
    ledger = await startLedger(engine);
    database = ledger.database;
  }, 60_000);
  afterAll(() => ledger.close());
  beforeEach(async () => {
    await emptyAlerts(database);
    await savePair(database, pair);
  });

  test('what is searched stands in columns, the score as it was in the document', async () => {
    const score = scoreOf(pair, scored(discrepancy()));
    await database.tx((tx) => insertScores(tx, [score]));
    const { rows } = await database.query('select * from score');
    expect(rows).toEqual([
      {
        id: score.id,
        pair_id: pair.id,
        study_id: pair.studyId,
        generator_name: 'GenExample',
        generator_version: '1.0',
        modality: 'CR',
        metric_name: 'test',
        metric_version: '1',
        metric_fingerprint: 'f1',
        state: 'scored',
        reason: null,
        significant: true,
        significance: 'actionable',
        probability: 0.95,
        divergence: 0.6,
        alertable: true,
        quiet: false,
        scored_at: new Date(score.scoredAt),
        document: score,
      },
    ]);
  });

  test('what could not be scored has a reason and no number', async () => {
    const score = scoreOf(pair, { state: 'unscorable', reason: 'too_long' });
    await database.tx((tx) => insertScores(tx, [score]));
    const { rows } = await database.query('select state, reason, probability, alertable from score');
    expect(rows).toEqual([{ state: 'unscorable', reason: 'too_long', probability: null, alertable: null }]);
  });

  test('a score that is there already, or twice in a batch, is stored once and told apart', async () => {
    const first = scoreOf(pair, scored());
    const second = scoreOf(pair, scored(), { fingerprint: 'f2' });
    const insert = (...scores: (typeof first)[]) => database.tx((tx) => insertScores(tx, scores));
    expect(await insert(first, first)).toEqual([first]);
    expect(await insert(first, second)).toEqual([second]);
    expect(await insert()).toEqual([]);
  });
});
