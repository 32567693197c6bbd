import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { ERRORS } from '../../contracts/index.js';
import { createHospital, HOSPITAL_DEFAULTS } from '../../services/cli/simulation/hospital.js';
import { transmit } from '../../services/cli/simulation/transmit.js';
import {
  createBus,
  createLogger,
  createMetrics,
  packageRoot,
  systemClock,
} from '../../services/platform/index.js';
import { eventually } from '../support/eventually.js';
import { type OverreadProcess, startOverreadProcess } from '../support/overread-process.js';
import { type Prometheus, prometheusMissing, RULES, SCRAPE, startPrometheus } from '../support/prometheus.js';
import { startReceiver } from '../support/receiver.js';
import { temporaryFolder } from '../support/temporary.js';

const missing = prometheusMissing();
if (missing !== null) console.warn(`skipped: ${missing}`);
const withPrometheus = missing === null ? describe : describe.skip;

const RuleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Overread[A-Z][A-Za-z]+$/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({
            summary: z.string().min(10).max(80),
            description: z.string().min(20),
            runbook_url: z.string(),
          }),
        }),
      ),
    }),
  ),
});
const alarms = RuleFile.parse(parse(readFileSync(RULES, 'utf8'))).groups.flatMap((group) => group.rules);
const RUNBOOKS = join(packageRoot(), 'monitoring/runbooks');

/** Labels of our metrics that an alarm may show: none comes from a report. */
const SHOWN = [
  'instance',
  'part',
  'feed',
  'listener',
  'transport',
  'group',
  'topic',
  'channel',
  'generator',
  'version',
];

const metricsOf = (expr: string) => [...new Set(expr.match(/\boverread_[a-z0-9_]+/g) ?? [])];

describe('the alarms', () => {
  test('each has its runbook, and each runbook its alarm', () => {
    const names = alarms.map((alarm) => alarm.alert);
    expect(readdirSync(RUNBOOKS).sort()).toEqual(names.map((name) => `${name}.md`).sort());
    for (const { alert, annotations } of alarms) {
      expect(annotations.runbook_url).toBe(`monitoring/runbooks/${alert}.md`);
      const page = readFileSync(join(RUNBOOKS, `${alert}.md`), 'utf8');
      expect(page.split('\n')[0]).toBe(`# ${alert}`);
      expect(page).toMatch(/\n## Look\n\n- [\s\S]+\n## Do\n\n- /);
    }
  });

  test.each(alarms.map((alarm) => [alarm.alert, alarm] as const))(
    '%s shows harmless labels alone',
    (_, alarm) => {
      const used = [...alarm.annotations.description.matchAll(/\$labels\.([a-z_]+)/g)].map(
        (match) => match[1],
      );
      const grouped = [...alarm.expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap((m) =>
        (m[1] ?? '').split(/,\s*/),
      );
      for (const label of [...used, ...grouped]) expect(SHOWN).toContain(label);
    },
  );

  test('runbooks name codes and alarms that exist', () => {
    const names = new Set([...Object.keys(ERRORS), ...alarms.map((alarm) => alarm.alert)]);
    for (const file of readdirSync(RUNBOOKS)) {
      const page = readFileSync(join(RUNBOOKS, file), 'utf8');
      for (const name of page.match(/\bOVR_[A-Z0-9_]+[A-Z0-9]\b(?!…|_…)|\bOverread[A-Z][A-Za-z]+/g) ?? []) {
        expect([file, name, names.has(name)]).toEqual([file, name, true]);
      }
    }
  });
});

withPrometheus('promtool', () => {
  const promtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
    return { status, output: `${stdout}${stderr}` };
  };
  test.each([
    ['check', 'config', SCRAPE],
    ['check', 'rules', '--lint-fatal', RULES],
    ['test', 'rules', RULES.replace('.rules.', '.rules.test.')],
  ])('%s %s is content', (...args) => {
    expect(promtool(...args)).toEqual({ status: 0, output: expect.not.stringContaining('FAILED') });
  });

  test('every alarm is tested firing and silent', () => {
    const text = readFileSync(RULES.replace('.rules.', '.rules.test.'), 'utf8');
    for (const { alert } of alarms) {
      const expected = [...text.matchAll(new RegExp(`alertname: ${alert}\n +exp_alerts:( \\[\\])?`, 'g'))];
      expect(new Set(expected.map((match) => match[1]))).toEqual(new Set([undefined, ' []']));
    }
  });
});

describe('the real service', () => {
  let service: OverreadProcess;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let sent: number;
  let prometheus: Prometheus | null = null;
  beforeAll(async () => {
    receiver = await startReceiver();
    const channels = [{ name: 'qa', type: 'webhook', url: receiver.url, secretFrom: 'SECRET' }];
    service = await startOverreadProcess({
      folder: await temporaryFolder(),
      config: { alerting: { channels } },
      environment: { SECRET: 'made up' },
    });
    sent = await simulate(20);
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(0), 20_000);
    if (missing === null) prometheus = await startPrometheus(`127.0.0.1:${service.ports.operations}`);
  }, 60_000);
  afterAll(async () => {
    await prometheus?.stop();
    await service.stop();
    await receiver.stop();
  });

  const page = async () => (await fetch(`http://127.0.0.1:${service.ports.operations}/metrics`)).text();

  /** Messages of that many made-up studies, sent. */
  async function simulate(studies: number): Promise<number> {
    const start = systemClock.now();
    const hospital = createHospital({ ...HOSPITAL_DEFAULTS, seed: 3, significantRate: 0.5, start });
    const messages = Array.from({ length: studies }, () => hospital.study()).flat();
    const target = { host: '127.0.0.1', port: service.ports.mllp, timeoutMs: 10_000 };
    const transmission = { target, connections: 2, rate: null, clock: systemClock };
    return (await transmit(messages.values(), transmission)).sent;
  }

  /** What only the Kafka engine has; registering needs no broker. */
  function ofKafka(): string[] {
    const metrics = createMetrics();
    const logger = createLogger({ level: 'error' });
    const config = {
      engine: 'kafka' as const,
      brokers: ['127.0.0.1:9'],
      prefix: '',
      partitions: 1,
      replicationFactor: 1,
      retentionDays: 1,
      maxMessageBytes: 1_000_000,
    };
    const database = {
      engine: 'postgres' as const,
      query: () => Promise.reject(new Error('not here')),
      exec: () => Promise.reject(new Error('not here')),
      tx: () => Promise.reject(new Error('not here')),
      close: () => Promise.resolve(),
    };
    createBus({ config, database, metrics, logger, clock: systemClock });
    return metrics.names();
  }

  test('exports every metric the alarms ask for, with the labels they group by', async () => {
    const text = await page();
    const exported = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
    const known = new Set([...exported, ...ofKafka()]);
    for (const { alert, expr } of alarms) {
      for (const metric of metricsOf(expr))
        expect([alert, metric, known.has(metric)]).toEqual([alert, metric, true]);
      const series = metricsOf(expr).flatMap(
        (metric) => text.match(new RegExp(`^${metric}\\{.*\\}`, 'gm')) ?? [],
      );
      const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap((m) => (m[1] ?? '').split(/,\s*/));
      for (const label of grouped.filter((name) => name !== 'instance' && series.length > 0)) {
        expect([alert, label, series.some((one) => one.includes(`${label}="`))]).toEqual([
          alert,
          label,
          true,
        ]);
      }
    }
  });

  withPrometheus('scraped by a real Prometheus', () => {
    const Targets = z.object({
      activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })),
    });
    const Rules = z.object({
      groups: z.array(
        z.object({
          rules: z.array(
            z.object({
              name: z.string(),
              health: z.string(),
              lastError: z.string().default(''),
              state: z.string(),
            }),
          ),
        }),
      ),
    });
    const Values = z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) });

    test('is up, and counts what was sent', async () => {
      await eventually(async () => {
        const { activeTargets } = Targets.parse(await prometheus?.get('/api/v1/targets'));
        expect(activeTargets).toEqual([{ health: 'up', lastError: '' }]);
      }, 20_000);
      await eventually(async () => {
        const query = '/api/v1/query?query=sum(overread_messages_received_total)';
        const { result } = Values.parse(await prometheus?.get(query));
        expect(Number(result[0]?.value[1])).toBe(sent);
      }, 20_000);
    }, 50_000);

    test('every rule is evaluated without an error, and none fires on a healthy service', async () => {
      const rules = async () =>
        Rules.parse(await prometheus?.get('/api/v1/rules')).groups.flatMap((group) => group.rules);
      await eventually(async () => {
        expect((await rules()).map((rule) => rule.health)).toEqual(alarms.map(() => 'ok'));
      }, 20_000);
      const odd = (await rules()).filter((rule) => rule.lastError !== '' || rule.state === 'firing');
      expect(odd).toEqual([]);
    }, 30_000);
  });
});
