import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createPool, type Pool, type PoolDeps } from '../../services/scoring/pool/index.js';
import { eventually } from '../support/eventually.js';
import { input, scoringConfig, silentLogger } from './support/input.js';

const oddWorker = fileURLToPath(new URL('./support/odd-worker.js', import.meta.url));
const running: Pool[] = [];
afterEach(() => Promise.all(running.splice(0).map((pool) => pool.stop())));

async function pool(overrides: Partial<PoolDeps> = {}): Promise<Pool> {
  const config = scoringConfig({ workers: 2, timeLimitMs: 300 });
  const made = createPool({ config, logger: silentLogger, workerFile: oddWorker, ...overrides });
  running.push(made);
  await made.start();
  return made;
}

describe('a pair that goes wrong', () => {
  test('is ended at the time limit, and the next one finds a fresh worker', async () => {
    const { score, readyWorkers } = await pool();
    expect(await score(input('hang', 'x'))).toEqual({ state: 'unscorable', reason: 'time_limit' });
    expect(await score(input('good', 'x'))).toMatchObject({ state: 'scored' });
    await eventually(() => expect(readyWorkers()).toBe(2));
  });

  test('is tried once more when its worker dies, then it is an evaluator failure, never a number', async () => {
    const { score, readyWorkers } = await pool();
    expect(await score(input('die', 'x'))).toEqual({ state: 'unscorable', reason: 'evaluator_failed' });
    await eventually(() => expect(readyWorkers()).toBe(2));
    expect(await score(input('good', 'x'))).toMatchObject({ state: 'scored' });
  });

  test('that makes the evaluator throw does not cost the worker', async () => {
    const { score, readyWorkers } = await pool();
    expect(await score(input('fail', 'x'))).toEqual({ state: 'unscorable', reason: 'evaluator_failed' });
    expect(readyWorkers()).toBe(2);
  });

  test('does not take the pairs beside it with it', async () => {
    const { score } = await pool();
    const drafts = ['hang', 'good', 'die', 'good', 'fail', 'good'];
    const results = await Promise.all(drafts.map((draft) => score(input(draft, 'x'))));
    expect(results.map((r) => r.state)).toEqual([
      'unscorable',
      'scored',
      'unscorable',
      'scored',
      'unscorable',
      'scored',
    ]);
  });
});

test('all workers work at the same time', async () => {
  const { score } = await pool();
  const results = await Promise.all([score(input('slow', 'x')), score(input('slow', 'x'))]);
  const threads = new Set(results.map((r) => (r.state === 'scored' ? r.divergence : null)));
  expect(threads.size).toBe(2);
});

test('the queue is bounded: past the limit a pair is refused with a code worth a retry', async () => {
  const { score, waiting } = await pool({ queueLimit: 1 });
  const taken = ['slow', 'slow', 'slow'].map((draft) => score(input(draft, 'x')));
  expect(waiting()).toBe(1);
  await expect(score(input('good', 'x'))).rejects.toMatchObject({ code: 'OVR_SCORING_BUSY', retry: true });
  await Promise.all(taken);
});

test('stopping rejects what waits and what runs, so that nobody takes a missing answer for one', async () => {
  const made = await pool();
  const results = Promise.allSettled(['hang', 'hang', 'good'].map((draft) => made.score(input(draft, 'x'))));
  await made.stop();
  const reasons = (await results).map((r) => (r.status === 'rejected' ? r.reason : null));
  expect(reasons).toEqual(Array(3).fill(expect.objectContaining({ code: 'OVR_SCORING_STOPPED' })));
  await expect(made.score(input('good', 'x'))).rejects.toMatchObject({ code: 'OVR_SCORING_STOPPED' });
});

test('a worker that cannot start is an error at start, not at the first pair', async () => {
  const broken = createPool({
    config: scoringConfig(),
    logger: silentLogger,
    workerFile: `${oddWorker}.none`,
  });
  await expect(broken.start()).rejects.toMatchObject({ code: 'OVR_SCORING_WORKER_FAILED' });
});

test('the real worker scores as the metric does and knows its fingerprint', async () => {
  const made = createPool({ config: scoringConfig(), logger: silentLogger });
  running.push(made);
  await made.start();
  expect(made.info()).toMatchObject({
    name: 'overread-rules',
    fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  const result = await made.score(input('No pneumothorax.', 'Large left pneumothorax.'));
  expect(result).toMatchObject({ state: 'scored', significant: true, significance: 'urgent' });
});
