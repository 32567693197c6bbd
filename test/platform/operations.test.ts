import { afterEach, expect, test } from '@jest/globals';
import { createMetrics, createOperations, type Health } from '../../services/platform/index.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));

async function operations(healths: Map<string, Health>, port = 0) {
  const metrics = createMetrics();
  metrics.counter({ name: 'overread_things_total', help: 'Things.', labels: ['kind'] }).inc({ kind: 'a' }, 3);
  const service = createOperations({ config: { host: '127.0.0.1', port }, metrics, healths: () => healths });
  running.push(service);
  await service.start();
  return { service, get: (path: string) => fetch(`http://127.0.0.1:${service.port()}${path}`) };
}

test('the process is ready only while every part is', async () => {
  const healths = new Map<string, Health>([['bus', { ready: true, detail: '' }]]);
  const { get } = await operations(healths);
  expect((await get('/readyz')).status).toBe(200);
  healths.set('database', { ready: false, detail: 'connecting' });
  const answer = await get('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ parts: { database: { ready: false, detail: 'connecting' } } });
  expect((await get('/healthz')).status).toBe(200);
});

test('metrics are served as Prometheus text', async () => {
  const { get } = await operations(new Map());
  const answer = await get('/metrics');
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toContain('overread_things_total{kind="a"} 3');
});

test('a port that is taken is answered with a code that names the setting', async () => {
  const { service } = await operations(new Map());
  await expect(operations(new Map(), service.port())).rejects.toMatchObject({ code: 'OVR_PORT_IN_USE' });
});

test('the readiness of each part is a metric', async () => {
  const healths = new Map<string, Health>([
    ['bus', { ready: true, detail: '' }],
    ['gateway', { ready: false, detail: 'OVR_SPOOL_FULL' }],
  ]);
  const { get } = await operations(healths);
  const page = await (await get('/metrics')).text();
  expect(page).toContain('overread_part_ready{part="bus"} 1');
  expect(page).toContain('overread_part_ready{part="gateway"} 0');
});
