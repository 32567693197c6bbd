import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { type Pair, TOPICS } from '../../contracts/index.js';
import { createMetrics, dataOf, deterministicId, jsonEvent } from '../../services/platform/index.js';
import { createScorer, createScoring, type Scoring } from '../../services/scoring/index.js';
import { eventually } from '../support/eventually.js';
import { input, readyPair, scoringConfig, silentLogger } from './support/input.js';
import { createMemoryBus } from './support/memory-bus.js';

const running: Scoring[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));

const clock = { now: () => new Date('2026-03-01T10:00:00Z'), sleep: async () => {} };

async function stage(overrides: { workerFile?: string } = {}) {
  const bus = createMemoryBus();
  const metrics = createMetrics();
  const config = scoringConfig({ workers: 2 });
  const scorer = createScorer({ config, logger: silentLogger, ...overrides });
  const scoring = createScoring({ bus, metrics, logger: silentLogger, clock, config, scorer });
  running.push(scoring);
  await scoring.start();
  const publish = (pairs: readonly Pair[], attributes = {}) =>
    bus.publish(
      pairs.map((pair) => jsonEvent('overread.pair.ready', pair.studyId, pair.id, pair, attributes)),
    );
  const scores = () => bus.published(TOPICS.scores).map((event) => dataOf(event, 'overread.score.computed'));
  return { bus, metrics, scoring, publish, scores };
}

test('a ready pair becomes a score with the pair that it belongs to and the id that a replay gives again', async () => {
  const { bus, publish, scores } = await stage();
  const pair = readyPair('a');
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await publish([pair], { traceparent });
  await eventually(() => expect(scores()).toHaveLength(1));
  const [score] = scores();
  expect(score).toMatchObject({
    id: deterministicId('score', pair.id, score?.metric.fingerprint ?? ''),
    pairId: pair.id,
    studyId: pair.studyId,
    generator: pair.generator,
    quiet: false,
    result: { state: 'scored', significant: true, significance: 'urgent' },
    scoredAt: '2026-03-01T10:00:00.000Z',
  });
  const [event] = bus.published(TOPICS.scores);
  expect(event).toMatchObject({ key: pair.studyId, id: score?.id, attributes: { traceparent } });
  await publish([pair]);
  await eventually(() => expect(scores().map((s) => s.id)).toEqual([score?.id, score?.id]));
});

test('scores leave in the order their pairs came, whichever worker was faster', async () => {
  const { publish, scores } = await stage();
  const long = `${'Nodule in the left lung apex measuring 4 mm. '.repeat(200)}`;
  const pairs = Array.from({ length: 30 }, (_, i) => {
    const pair = readyPair(`p${i}`);
    return i % 3 === 0 ? { ...pair, draft: { ...pair.draft, text: long } } : pair;
  });
  await publish(pairs);
  await eventually(() => expect(scores().map((s) => s.pairId)).toEqual(pairs.map((p) => p.id)));
});

test('the position moves only after the scores are out: where publishing fails the pair is scored again', async () => {
  const { bus, publish, scores } = await stage();
  const pair = readyPair('a');
  await publish([pair]);
  // The handler is scoring now, so that the next publish is its own.
  bus.failNextPublish();
  expect(bus.position('scoring', TOPICS.pairs)).toBe(0);
  await eventually(() => expect(scores().map((s) => s.pairId)).toEqual([pair.id]));
  await eventually(() => expect(bus.position('scoring', TOPICS.pairs)).toBe(1));
});

test('a pair of the wrong shape does not take the others of its batch with it', async () => {
  const { bus, publish, scores } = await stage();
  const broken = {
    ...jsonEvent('overread.pair.ready', 'k', 'broken', readyPair('x')),
    data: Buffer.from('{}'),
  };
  await bus.publish([broken]);
  await publish([readyPair('a'), readyPair('b')]);
  await eventually(() => expect(scores()).toHaveLength(2));
});

test('what could not be scored is published with its reason and counted apart', async () => {
  const { metrics, publish, scores } = await stage();
  const pair = readyPair('a');
  await publish([{ ...pair, draft: { ...pair.draft, text: '  ' } }, readyPair('b')]);
  await eventually(() => expect(scores()).toHaveLength(2));
  expect(scores()[0]?.result).toEqual({ state: 'unscorable', reason: 'empty_text' });
  await eventually(async () => {
    const { body } = await metrics.page();
    const labels = 'generator="draftwell",version="2.1",modality="CR"';
    expect(body).toContain(`overread_pairs_unscorable_total{${labels},reason="empty_text"} 1`);
    expect(body).toContain(`overread_pairs_scored_total{${labels},significance="urgent"} 1`);
    expect(body).toContain('overread_scoring_seconds_count{modality="CR"} 2');
    expect(body).toContain('overread_scoring_queue_pairs 0');
  });
});

test('the API scores texts in the same workers, and the stage is ready while one lives', async () => {
  const { scoring } = await stage();
  expect(scoring.health()).toEqual({ ready: true, detail: '' });
  const result = await scoring.score(input('Clear lungs.', 'Right lower lobe consolidation.'));
  expect(result).toMatchObject({ significant: true, metric: { name: 'overread-rules' } });
  await scoring.stop();
  expect(scoring.health().ready).toBe(false);
});

test('a pair that kills its worker is published as a failure of the evaluator', async () => {
  const workerFile = fileURLToPath(new URL('./support/odd-worker.js', import.meta.url));
  const { publish, scores } = await stage({ workerFile });
  const pair = readyPair('a');
  await publish([{ ...pair, draft: { ...pair.draft, text: 'die' } }]);
  await eventually(() =>
    expect(scores()[0]?.result).toEqual({ state: 'unscorable', reason: 'evaluator_failed' }),
  );
});
