import { expect, test } from '@jest/globals';
import { createMetrics } from '../../services/platform/index.js';

test('a figure that cannot be read keeps its last value, is counted, and takes no other with it', async () => {
  const metrics = createMetrics();
  metrics.counter({ name: 'overread_things_total', help: 'Things.' }).inc(3);
  let away = false;
  metrics.gauge({ name: 'overread_waiting', help: 'Waiting.' }, async (gauge) => {
    if (away) throw new Error('the database is away');
    gauge.set(7);
  });
  await metrics.page();
  away = true;
  const { body } = await metrics.page();
  expect(body).toContain('overread_things_total 3');
  expect(body).toContain('overread_waiting 7');
  expect((await metrics.page()).body).toContain('overread_metrics_stale_total{metric="overread_waiting"}');
});

test('a metric asked for twice is the same metric', async () => {
  const metrics = createMetrics();
  for (const _ of [1, 2]) metrics.counter({ name: 'overread_things_total', help: 'Things.' }).inc();
  expect((await metrics.page()).body).toContain('overread_things_total 2');
});
