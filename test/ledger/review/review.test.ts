import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AlertFilter, Case, type Discrepancy } from '../../../contracts/index.js';
import {
  acknowledgeAlert,
  alertItem,
  auditOf,
  type DeadLetter,
  deadLetter,
  filterChoices,
  ledgerHealth,
  listDeadLetters,
  markRetried,
  neighbours,
  readCase,
  recordAudit,
  storeDeadLetter,
  worklist,
} from '../../../services/ledger/index.js';
import {
  createDatabase,
  createLogger,
  type Database,
  migrate,
  packageRoot,
} from '../../../services/platform/index.js';
import { CASES, MASS, NODULE, PNEUMOTHORAX } from '../../review/support/cases.js';
import { alertId, type CaseSpec, insertCase, pairId } from '../../review/support/ledger.js';
import { emptyLedger } from '../../review/support/service.js';
import { type PostgresServer, postgresMissing, startPostgres } from '../../support/postgres.js';
import { temporaryFolder } from '../../support/temporary.js';

const missing = postgresMissing();
if (missing !== null) console.warn(`skipped on postgres: ${missing}`);
const engines = missing === null ? (['pglite', 'postgres'] as const) : (['pglite'] as const);

const FILTER = AlertFilter.parse({});
const NOW = new Date('2026-03-01T08:00:00.000Z');

function minor(name: string, completedAt: string): CaseSpec {
  const discrepancy: Discrepancy = {
    aspect: 'device',
    kind: 'omission',
    significance: 'minor',
    significant: false,
    confidence: 0.5,
    draft: [],
    final: [],
    explanation: 'Made up.',
  };
  return { name, draft: 'A.', final: 'B.', completedAt, discrepancies: [discrepancy] };
}

const LETTER: DeadLetter = {
  id: 'letter-1',
  code: 'OVR_EVENT_MALFORMED',
  stage: 'pairing',
  detail: 'at id',
  attempts: 1,
  originalTopic: 'overread.reports.v1',
  originalType: 'overread.report.received',
  originalId: 'event-1',
  originalKey: 'site',
  originalAttributes: { traceparent: '00-a' },
  originalContentType: 'application/json',
  originalData: Buffer.from([0, 1, 255]),
  at: new Date('2026-03-01T07:00:00.000Z'),
};

describe.each(engines)('what review reads and writes, on %s', (engine) => {
  let db: Database;
  let server: PostgresServer | undefined;

  beforeAll(async () => {
    if (engine === 'postgres') server = await startPostgres();
    const url = (await server?.createDatabase()) ?? '';
    db = await createDatabase({
      config: engine === 'postgres' ? { engine, url, poolSize: 4 } : { engine },
      dataDir: await temporaryFolder(),
      password: undefined,
      logger: createLogger({ level: 'error' }),
    });
    await migrate(db, join(packageRoot(), 'services/ledger/migrations'));
  }, 60_000);
  beforeEach(() => emptyLedger(db));
  afterAll(async () => {
    await db.close();
    await server?.stop();
  });

  const names = async (filter: Partial<AlertFilter>) => {
    const page = await worklist(db, { ...FILTER, ...filter, limit: 50 });
    return page.alerts.map((alert) => CASES.find((spec) => alertId(spec.name) === alert.id)?.name);
  };
  const acknowledge = (name: string) =>
    db.tx((tx) => acknowledgeAlert(tx, { alertId: alertId(name), revision: 1, by: 'r', at: NOW }));

  test('the list is ranked by tier, then by age, with the worst discrepancy of the latest score', async () => {
    for (const spec of CASES) await insertCase(db, spec);
    const page = await worklist(db, { ...FILTER, limit: 50 });
    expect(page.alerts.map((alert) => [alert.significance, alert.completedAt, alert.worst?.aspect])).toEqual([
      ['urgent', PNEUMOTHORAX.completedAt, 'finding'],
      ['actionable', MASS.completedAt, 'finding'],
      ['actionable', NODULE.completedAt, 'laterality'],
    ]);
    expect(page).toMatchObject({ open: { urgent: 1, actionable: 2, minor: 0 }, total: 3, next: null });
  });

  test.each([
    [{ tier: 'urgent' }, ['pneumothorax']],
    [{ aspect: 'recommendation' }, ['nodule']],
    [{ generator: 'DraftWell' }, ['mass', 'nodule']],
    [{ generator: 'DraftWell', version: '2.4' }, ['mass']],
    [{ modality: 'DX' }, ['pneumothorax']],
    [{ from: '2026-03-01' }, ['pneumothorax', 'nodule']],
    [{ to: '2026-02-28' }, ['mass']],
    [{ from: '2026-03-01', to: '2026-03-01', modality: 'CT' }, ['nodule']],
    [{ state: 'withdrawn' }, []],
    [{ generator: "' or true --" }, []],
  ] as const)('the filter %j leaves %j', async (filter, expected) => {
    for (const spec of CASES) await insertCase(db, spec);
    expect(await names(filter)).toEqual(expected);
  });

  test('page after page gives every alert once, also with equal times', async () => {
    for (let n = 0; n < 7; n += 1) await insertCase(db, minor(`minor-${n}`, '2026-03-01T01:00:00.000Z'));
    await insertCase(db, PNEUMOTHORAX);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await worklist(db, { ...FILTER, limit: 3, after });
      expect(page.total).toBe(8);
      seen.push(...page.alerts.map((alert) => alert.id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toHaveLength(8);
    expect(new Set(seen).size).toBe(8);
    expect(seen[0]).toBe(alertId(PNEUMOTHORAX.name));
  });

  test.each(['bm9uc2Vuc2U', Buffer.from('[1,2]').toString('base64url')])(
    'a cursor it did not make (%s) is refused with a code',
    async (after) => {
      await expect(worklist(db, { ...FILTER, limit: 3, after })).rejects.toMatchObject({
        code: 'OVR_REQUEST_INVALID',
      });
    },
  );

  test('a case knows its neighbours under the filter, also once it has left the list', async () => {
    for (const spec of CASES) await insertCase(db, spec);
    const [first, second, third] = [PNEUMOTHORAX, MASS, NODULE].map((spec) => pairId(spec.name));
    expect(await neighbours(db, FILTER, second ?? '')).toEqual({
      previous: first,
      next: third,
      position: 2,
      total: 3,
    });
    await acknowledge(MASS.name);
    expect(await neighbours(db, FILTER, second ?? '')).toEqual({
      previous: first,
      next: third,
      position: 0,
      total: 2,
    });
    expect(await neighbours(db, { ...FILTER, modality: 'CT' }, third ?? '')).toMatchObject({
      previous: null,
      next: null,
      position: 1,
      total: 1,
    });
  });

  test('a case is whole: texts put together, accession, score, alerts, timeline', async () => {
    await insertCase(db, { ...NODULE, addendum: 'ADDENDUM: seen by a second reader.' });
    const shown = await readCase(db, pairId(NODULE.name));
    expect(Case.parse(shown)).toEqual(shown);
    expect(shown?.pair.draft.text).toBe(NODULE.draft);
    expect(shown?.pair.final.text).toBe(`${NODULE.final}\n\nADDENDUM: seen by a second reader.`);
    expect(shown?.accessions).toEqual(['ACC-nodule']);
    expect(shown?.timeline.map((entry) => [entry.role, entry.side])).toEqual(
      expect.arrayContaining([
        ['draft', 'draft'],
        ['final', 'final'],
        ['addendum', 'final'],
      ]),
    );
    expect(shown?.score?.metric.version).toBe('0.1.0');
    expect(shown?.alerts).toHaveLength(1);
    expect(await readCase(db, pairId('nobody'))).toBeNull();
  });

  test('a final that only promotes the draft shows the text of the draft', async () => {
    await insertCase(db, { ...NODULE, final: NODULE.draft, discrepancies: [] });
    await db.exec(
      `update report_version set document = jsonb_set(document, '{text}', 'null') where role = 'final';
       update pair set document = jsonb_set(document, '{final,versions}',
         (document #> '{draft,versions}') || (document #> '{final,versions}'))`,
    );
    expect((await readCase(db, pairId(NODULE.name)))?.pair.final.text).toBe(NODULE.draft);
  });

  test('an acknowledged alert says by whom and when', async () => {
    await insertCase(db, NODULE);
    await acknowledge(NODULE.name);
    expect(await alertItem(db, alertId(NODULE.name))).toMatchObject({
      state: 'acknowledged',
      revision: 2,
      acknowledgedBy: 'r',
      acknowledgedAt: NOW.toISOString(),
    });
  });

  test('the filters offer what the alerts have', async () => {
    for (const spec of CASES) await insertCase(db, spec);
    expect(await filterChoices(db)).toEqual({
      generators: ['DraftWell', 'GenX'],
      versions: ['1.0', '2.3', '2.4'],
      modalities: ['CT', 'DX'],
    });
  });

  test('health counts feeds, waiting sides, dead letters and deliveries', async () => {
    for (const spec of CASES) await insertCase(db, spec);
    const { rows } = await db.query<{ id: string }>('select id from study order by id');
    await db.query("insert into study_wait values ($1, 'final', $2, $3)", [
      rows[0]?.id,
      '2026-03-01T00:00:00Z',
      '2026-03-01T07:00:00Z',
    ]);
    await db.query("insert into study_wait values ($1, 'draft', $2, $3)", [
      rows[1]?.id,
      '2026-03-01T01:00:00Z',
      '2026-03-02T00:00:00Z',
    ]);
    await storeDeadLetter(db, LETTER);
    const delivery =
      "insert into delivery (id, channel, notice, state, created_at, last_error) values ($1, 'pager', 'alert.raised', $2, $3, $4)";
    await db.query(delivery, ['1', 'failed', '2026-03-01T02:00:00Z', 'HTTP 500']);
    await db.query(delivery, ['2', 'pending', '2026-03-01T03:00:00Z', null]);
    expect(await ledgerHealth(db, ['ai', 'night'], NOW)).toEqual({
      feeds: [
        { name: 'ai', lastReceivedAt: PNEUMOTHORAX.completedAt, lastDay: 3 },
        { name: 'night', lastReceivedAt: null, lastDay: 0 },
      ],
      waiting: { forFinal: 1, forDraft: 1, overdue: 1, oldestSince: '2026-03-01T00:00:00.000Z' },
      deadLetters: [{ stage: 'pairing', code: 'OVR_EVENT_MALFORMED', open: 1 }],
      deliveries: [{ channel: 'pager', pending: 1, failed: 1, lastDeliveredAt: null, lastError: 'HTTP 500' }],
    });
  });

  test('a dead letter is kept once with its bytes, and retried once', async () => {
    expect(await storeDeadLetter(db, LETTER)).toBe(true);
    expect(await storeDeadLetter(db, LETTER)).toBe(false);
    const kept = await deadLetter(db, LETTER.id);
    expect(kept).toMatchObject({ state: 'open', bytes: 3, originalAttributes: { traceparent: '00-a' } });
    expect(Buffer.from(kept?.originalData ?? '', 'base64')).toEqual(LETTER.originalData);

    await db.tx((tx) => markRetried(tx, LETTER.id, 'admin', NOW));
    await expect(db.tx((tx) => markRetried(tx, LETTER.id, 'admin', NOW))).rejects.toMatchObject({
      code: 'OVR_DEAD_LETTER_DONE',
    });
    expect(await storeDeadLetter(db, LETTER)).toBe(false);
    expect(await deadLetter(db, LETTER.id)).toMatchObject({ state: 'retried', changedBy: 'admin' });
  });

  test('a dead letter with NUL characters in its words is kept too', async () => {
    const letter = { ...LETTER, detail: 'a\u0000b', originalAttributes: { 'x\u0000': '\u0000' } };
    expect(await storeDeadLetter(db, letter)).toBe(true);
    expect((await deadLetter(db, LETTER.id))?.detail).toBe('a\ufffdb');
  });

  test('dead letters are listed newest first, page after page', async () => {
    for (let n = 0; n < 5; n += 1) {
      await storeDeadLetter(db, {
        ...LETTER,
        id: `letter-${n}`,
        at: new Date(NOW.getTime() - (n % 2) * 1000),
      });
    }
    const first = await listDeadLetters(db, { state: 'open', limit: 3 });
    const second = await listDeadLetters(db, { state: 'open', limit: 3, after: first.next ?? '' });
    const ids = [...first.deadLetters, ...second.deadLetters].map((letter) => letter.id);
    expect(ids).toEqual(['letter-4', 'letter-2', 'letter-0', 'letter-3', 'letter-1']);
    expect(second.next).toBeNull();
    expect((await listDeadLetters(db, { state: 'any', stage: 'scoring', limit: 3 })).total).toBe(0);
  });

  test('the audit trail tells who did what to a subject, in order', async () => {
    await recordAudit(db, { at: NOW, actor: 'a', action: 'case.viewed', subject: 's' });
    await recordAudit(db, {
      at: NOW,
      actor: 'b',
      action: 'alert.acknowledged',
      subject: 's',
      detail: { n: 1 },
    });
    await recordAudit(db, { at: NOW, actor: 'b', action: 'case.viewed', subject: 'other' });
    expect(await auditOf(db, 's')).toEqual([
      { at: NOW, actor: 'a', action: 'case.viewed', subject: 's', detail: {} },
      { at: NOW, actor: 'b', action: 'alert.acknowledged', subject: 's', detail: { n: 1 } },
    ]);
  });
});
