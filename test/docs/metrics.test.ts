import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { Config, ServiceRole } from '../../contracts/index.js';
import { connectMllp } from '../../services/cli/mllp/client.js';
import { createHospital, HOSPITAL_DEFAULTS } from '../../services/cli/simulation/hospital.js';
import { type Overread, startOverread } from '../../services/main.js';
import { createLogger, systemClock } from '../../services/platform/index.js';
import { eventually } from '../support/eventually.js';
import { temporaryFolder } from '../support/temporary.js';
import { code, page, rows } from './support/markdown.js';
import { sources } from './support/sources.js';

type Metric = { readonly name: string; readonly type: string; readonly labels: readonly string[] };

const documented: Metric[] = rows(page('docs/metrics.md')).map(([name = '', type = '', labels = '']) => ({
  name: code(name).join(),
  type,
  labels: code(labels),
}));

/** Labels of every metric that is registered from now on, by its name: a series shows them only once it has a value. */
function watchLabels(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const register = Registry.prototype.registerMetric;
  const spy = jest.spyOn(Registry.prototype, 'registerMetric');
  spy.mockImplementation(function (this: Registry, metric) {
    const { name, labelNames } = Registered.parse(metric);
    found.set(name, labelNames);
    register.call(this, metric);
  });
  return found;
}

const Registered = z.object({ name: z.string(), labelNames: z.array(z.string()) });

/** Name and type of every metric of a metrics page. */
function shown(text: string, labels: ReadonlyMap<string, readonly string[]>): Metric[] {
  return [...text.matchAll(/^# TYPE (overread_\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({
    name,
    type,
    labels: labels.get(name) ?? [],
  }));
}

describe('docs/metrics.md', () => {
  let overread: Overread;
  let metrics: Metric[];
  const names = documented.map(({ name }) => name);

  beforeAll(async () => {
    const labels = watchLabels();
    const dataDir = await temporaryFolder();
    const config = Config.parse({
      dataDir,
      pages: { port: 0 },
      operations: { port: 0 },
      gateway: { mllp: [{ name: 'test', port: 0 }] },
      feeds: [
        { name: 'drafts', site: 'a', match: { sendingApplication: 'SIM-DRAFTER' }, sourceKind: 'ai' },
        { name: 'ris', site: 'a', match: { sendingApplication: 'SIM-RIS' }, sourceKind: 'radiologist' },
      ],
    });
    overread = await startOverread({
      config,
      secrets: { hashKey: 'a key of the test', databasePassword: undefined, environment: {} },
      roles: ServiceRole.options,
      logger: createLogger({ level: 'error' }),
      clock: systemClock,
    });
    const { mllp, operations, pages } = overread.ports();
    const client = await connectMllp({ host: '127.0.0.1', port: mllp.test ?? 0, timeoutMs: 10_000 });
    const hospital = createHospital({
      ...HOSPITAL_DEFAULTS,
      seed: 3,
      significantRate: 1,
      start: systemClock.now(),
    });
    const messages = [hospital.study(), hospital.study(), hospital.study()].flat().map(({ hl7 }) => hl7);
    for (const message of messages) await client.send(Buffer.from(message));
    await client.send(Buffer.from((messages[0] ?? '').replace('SIM-DRAFTER', 'NOBODY-KNOWN')));
    await client.close();
    await fetch(`http://127.0.0.1:${pages}/`);
    metrics = await eventually(async () => {
      const text = await (await fetch(`http://127.0.0.1:${operations}/metrics`)).text();
      for (const name of ['pairs_scored_total', 'alerts_raised_total', 'dead_letters_stored_total']) {
        expect(text).toMatch(new RegExp(`^overread_${name}\\{.*\\} [1-9]`, 'm'));
      }
      return shown(text, labels);
    }, 25_000);
  }, 60_000);
  afterAll(async () => {
    await overread.stop();
    jest.restoreAllMocks();
  });

  test('has every metric of a running service', () => {
    expect(metrics.length).toBeGreaterThan(40);
    expect(metrics.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('names each metric once', () => {
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('has the type and the labels of each', () => {
    const sorted = (metric: Metric) => ({ ...metric, labels: [...metric.labels].sort() });
    const running = new Set(metrics.map(({ name }) => name));
    const byName = (a: Metric, b: Metric) => a.name.localeCompare(b.name, 'en');
    expect(
      documented
        .filter(({ name }) => running.has(name))
        .map(sorted)
        .sort(byName),
    ).toEqual(metrics.map(sorted).sort(byName));
  });

  test('has no metric that no service makes', () => {
    const text = sources('services')
      .map((source) => source.text)
      .join('\n');
    const running = new Set(metrics.map(({ name }) => name));
    expect(names.filter((name) => !running.has(name) && !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  test('has every metric that a source names', () => {
    const made = sources('services').flatMap(({ text }) => [...text.matchAll(/\b(overread_[a-z_]+)\b/g)]);
    const gone = new Set(made.map((match) => match[1] ?? '').filter((name) => !names.includes(name)));
    expect([...gone]).toEqual([]);
  });
});
