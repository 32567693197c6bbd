import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  AlertItem,
  AlertNotice,
  AlertPage,
  Case,
  DeadLetterDetail,
  DeadLetterPage,
  HealthSummary,
  OverreadError,
  ReplayStatus,
  ScoreAnswer,
  TOPICS,
  TrialAnswer,
  type TrialRequest,
} from '../../contracts/index.js';
import { auditOf } from '../../services/ledger/index.js';
import type { Database, IncomingEvent } from '../../services/platform/index.js';
import { eventually } from '../support/eventually.js';
import { CASES, NODULE, PNEUMOTHORAX } from './support/cases.js';
import { alertId, insertCase, pairId } from './support/ledger.js';
import {
  emptyLedger,
  NO_CHANGE,
  NOW,
  openLedger,
  type RunningReview,
  startReview,
} from './support/service.js';

let database: Database;
let review: RunningReview;

beforeAll(async () => {
  database = await openLedger();
}, 60_000);
beforeEach(async () => {
  await emptyLedger(database);
  review = await startReview(database);
});
afterEach(() => review.stop());
afterAll(() => database.close());

const json = async (answer: Response | Promise<Response>) => (await answer).json() as Promise<unknown>;
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

function letter(id: string, attributes: Record<string, string> = {}, time = NOW): IncomingEvent {
  return {
    topic: TOPICS.deadLetters,
    type: 'overread.dead-letter.recorded',
    key: 'pairing',
    id,
    data: Buffer.from([0x4d, 0x53, 0x48, 0x7c, 0xff, 0x00]),
    contentType: 'x-application/hl7-v2+er7',
    attributes: {
      code: 'OVR_HANDLER_FAILED',
      stage: 'normaliser',
      detail: 'again and again',
      attempts: '5',
      originaltopic: TOPICS.hl7,
      originaltype: 'overread.message.received',
      originalid: 'message-1',
      originalkey: 'ris',
      originalfeed: 'ris',
      originalreceivedat: '2026-03-01T06:00:00Z',
      ...attributes,
    },
    time,
    position: '0',
  };
}

describe('alerts', () => {
  const setState = (state: string) =>
    database.query(
      `update alert set state = $1, document = jsonb_set(document, '{state}', to_jsonb($1::text))`,
      [state],
    );
  beforeEach(async () => {
    for (const spec of CASES) await insertCase(database, spec);
  });

  test('are listed as the contract says, narrowed and page by page', async () => {
    const first = AlertPage.parse(await json(review.get('/api/v1/alerts?limit=2')));
    expect(first.alerts.map((alert) => alert.pairId)[0]).toBe(pairId(PNEUMOTHORAX.name));
    const second = AlertPage.parse(await json(review.get(`/api/v1/alerts?limit=2&after=${first.next}`)));
    expect(second).toMatchObject({ total: 3, next: null, alerts: [{ pairId: pairId(NODULE.name) }] });
    const dx = AlertPage.parse(await json(review.get('/api/v1/alerts?modality=DX')));
    expect(dx.total).toBe(1);
  });

  test.each([
    'tier=bad',
    'limit=0',
    'limit=many',
    'from=yesterday',
    'after=%00',
    'who=me',
    'tier=urgent&tier=minor',
  ])('a query ?%s that is not understood is refused', async (query) => {
    const answer = await review.get(`/api/v1/alerts?${query}`);
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'OVR_REQUEST_INVALID']);
  });

  test('are acknowledged once: state, audit entry and one event', async () => {
    const path = `/api/v1/alerts/${alertId(NODULE.name)}`;
    for (let n = 0; n < 2; n += 1) {
      const answer = AlertItem.parse(await json(review.post(`${path}/acknowledge`, { revision: 1 })));
      expect(answer).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'local' });
    }
    expect(review.bus.events).toHaveLength(1);
    const [event] = review.bus.events;
    expect(event?.topic).toBe(TOPICS.alerts);
    const notice = AlertNotice.parse(JSON.parse(event?.data.toString() ?? ''));
    expect(notice.type).toBe('alert.acknowledged');
    expect(notice.alerts[0]?.link).toBe(`http://127.0.0.1/cases/${pairId(NODULE.name)}`);
    expect(await auditOf(database, alertId(NODULE.name))).toMatchObject([
      { actor: 'local', action: 'alert.acknowledged', at: NOW },
    ]);
    expect(AlertItem.parse(await json(review.get(path))).state).toBe('acknowledged');
  });

  test('two who acknowledge at once make one event', async () => {
    const path = `/api/v1/alerts/${alertId(NODULE.name)}/acknowledge`;
    const answers = await Promise.all([1, 2, 3].map(() => review.post(path, { revision: 1 })));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(review.bus.events).toHaveLength(1);
  });

  test('one that was revised since it was seen is not acknowledged unseen', async () => {
    await database.query(`update alert set revision = 2, document = jsonb_set(document, '{revision}', '2')`);
    const path = `/api/v1/alerts/${alertId(NODULE.name)}/acknowledge`;
    const answer = await review.post(path, { revision: 1 });
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'OVR_ALERT_CHANGED']);
    expect((await review.post(path, { revision: 2 })).status).toBe(200);
  });

  test('an unknown one is 404, a malformed id 400, a withdrawn one 409', async () => {
    expect((await review.get(`/api/v1/alerts/${alertId('nobody')}`)).status).toBe(404);
    expect((await review.get('/api/v1/alerts/1')).status).toBe(400);
    await setState('withdrawn');
    const path = `/api/v1/alerts/${alertId(NODULE.name)}/acknowledge`;
    const answer = await review.post(path, { revision: 1 });
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'OVR_ALERT_WITHDRAWN']);
  });
});

test('a case holds both texts, and every look is in the audit trail', async () => {
  await insertCase(database, NODULE);
  const shown = Case.parse(await json(review.get(`/api/v1/cases/${pairId(NODULE.name)}`)));
  expect([shown.pair.draft.text, shown.pair.final.text]).toEqual([NODULE.draft, NODULE.final]);
  await (await review.get(`/cases/${pairId(NODULE.name)}`)).text();
  expect(await auditOf(database, pairId(NODULE.name))).toMatchObject([
    { actor: 'local', action: 'case.viewed' },
    { actor: 'local', action: 'case.viewed' },
  ]);
  expect((await review.get(`/api/v1/cases/${pairId('nobody')}`)).status).toBe(404);
});

describe('score', () => {
  test('answers what the metric says of two texts', async () => {
    const answer = await review.post('/api/v1/score', { draft: 'a', final: 'b' });
    expect(ScoreAnswer.parse(await answer.json())).toMatchObject({ metric: { name: 'made-up-metric' } });
  });

  test.each([
    [{ draft: 'JANE DOE' }, 'body.final'],
    [{ draft: 'a', final: 'b', patient: 'JANE DOE' }, 'unrecognized_keys'],
    [{ draft: 'a', final: 'b', context: { age: 'JANE DOE' } }, 'body.context.age'],
  ])('refuses %j naming the place, not the value', async (body, place) => {
    const answer = await review.post('/api/v1/score', body);
    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(text).toContain(place);
    expect(text).not.toContain('JANE');
  });

  test('takes two long reports, and refuses what is beyond', async () => {
    const long = 'x'.repeat(200_000);
    expect((await review.post('/api/v1/score', { draft: long, final: long })).status).toBe(200);
    expect((await review.post('/api/v1/score', { draft: 'x'.repeat(2_100_000), final: '' })).status).toBe(
      413,
    );
  });
});

describe('the dead-letter desk', () => {
  test('keeps letters, shows them, and puts the original back as it was', async () => {
    await review.bus.deliver([letter('letter-1'), letter('letter-1')]);
    const page = DeadLetterPage.parse(await json(review.get('/api/v1/dead-letters')));
    expect(page).toMatchObject({
      total: 1,
      deadLetters: [{ id: 'letter-1', stage: 'normaliser', bytes: 6 }],
    });
    const detail = DeadLetterDetail.parse(await json(review.get('/api/v1/dead-letters/letter-1')));
    expect(detail.originalAttributes).toEqual({ feed: 'ris', receivedat: '2026-03-01T06:00:00Z' });

    expect((await review.post('/api/v1/dead-letters/letter-1/retry')).status).toBe(200);
    expect(review.bus.events).toMatchObject([
      {
        topic: TOPICS.hl7,
        type: 'overread.message.received',
        key: 'ris',
        contentType: 'x-application/hl7-v2+er7',
        attributes: { feed: 'ris', receivedat: '2026-03-01T06:00:00Z' },
      },
    ]);
    expect(review.bus.events[0]?.data).toEqual(letter('letter-1').data);

    const again = await review.post('/api/v1/dead-letters/letter-1/retry');
    expect([again.status, await codeOf(again)]).toEqual([409, 'OVR_DEAD_LETTER_DONE']);
    expect((await auditOf(database, 'letter-1')).map((entry) => entry.action)).toEqual([
      'dead-letter.viewed',
      'dead-letter.retried',
    ]);
    expect((await review.metrics.page()).body).toContain(
      'overread_dead_letters_stored_total{stage="normaliser",code="OVR_HANDLER_FAILED"} 1',
    );
    expect((await review.metrics.page()).body).toContain('overread_dead_letters_open 0');
  });

  test('a letter that says nothing of its original is kept, and cannot be retried', async () => {
    await review.bus.deliver([{ ...letter('broken'), attributes: { code: 'X' } }]);
    const detail = DeadLetterDetail.parse(await json(review.get('/api/v1/dead-letters/broken')));
    expect(detail).toMatchObject({ code: 'OVR_EVENT_MALFORMED', stage: 'dead-letter desk', bytes: 6 });
    await review.bus.deliver([letter('foreign', { originaltype: 'some.other.type' })]);
    const answer = await review.post('/api/v1/dead-letters/foreign/retry');
    expect(await codeOf(answer)).toBe('OVR_EVENT_MALFORMED');
    expect(DeadLetterDetail.parse(await json(review.get('/api/v1/dead-letters/foreign'))).state).toBe('open');
    expect(review.bus.events).toEqual([]);
  });
});

describe('replay', () => {
  const publish = async (id: string, feed: string, at: string) => {
    review.setNow(new Date(at));
    const attributes = { feed, transport: 'mllp', quiet: '0' };
    await review.bus.publish([
      { type: 'overread.message.received', key: feed, id, data: Buffer.from(id), attributes },
    ]);
  };
  const ended = () =>
    eventually(async () => {
      const status = ReplayStatus.parse(await json(review.get('/api/v1/replay')));
      if (status.state === 'running') throw new Error('still running');
      return status;
    });

  beforeEach(async () => {
    await publish('early', 'ris', '2026-02-27T00:00:00Z');
    await publish('in-time', 'ris', '2026-02-28T00:00:00Z');
    await publish('other-feed', 'ai', '2026-02-28T00:00:00Z');
    await publish('late', 'ris', '2026-03-01T00:00:00Z');
    review.setNow(NOW);
  });

  test('puts the wanted messages back, quietly, and is audited from start to end', async () => {
    expect((await review.get('/api/v1/replay')).status).toBe(404);
    const answer = await review.post('/api/v1/replay', {
      since: '2026-02-27T12:00:00Z',
      until: '2026-02-28T12:00:00Z',
      feed: 'ris',
    });
    expect(answer.status).toBe(202);
    const { id } = ReplayStatus.parse(await answer.json());
    expect(await ended()).toMatchObject({ id, state: 'done', republished: 1, code: null });
    expect(review.bus.events.slice(4)).toMatchObject([
      {
        topic: TOPICS.hl7,
        key: 'ris',
        data: Buffer.from('in-time'),
        attributes: { feed: 'ris', quiet: '1' },
      },
    ]);
    expect((await auditOf(database, id)).map((entry) => [entry.action, entry.detail])).toEqual([
      ['replay.started', { since: '2026-02-27T12:00:00Z', until: '2026-02-28T12:00:00Z', feed: 'ris' }],
      ['replay.ended', { state: 'done', republished: 1 }],
    ]);
  });

  test('two at once are one too many', async () => {
    const body = { since: '2026-02-01T00:00:00Z' };
    const publish = review.bus.publish;
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    review.bus.publish = async (events) => {
      await gate;
      await publish(events);
    };
    const both = await Promise.all([
      review.post('/api/v1/replay', body),
      review.post('/api/v1/replay', body),
    ]);
    expect(both.map((answer) => answer.status).sort()).toEqual([202, 409]);
    go();
    expect(await ended()).toMatchObject({ republished: 4 });
  });

  test.each([{}, { since: 'monday' }, { since: '2026-02-02T00:00:00Z', until: '2026-02-01T00:00:00Z' }])(
    'refuses %j',
    async (body) => {
      expect((await review.post('/api/v1/replay', body)).status).toBe(400);
    },
  );
});

describe('a trial of rules', () => {
  const feeds = [{ name: 'ris', site: 'north', match: {} }];

  test('is answered as it comes, and audited without the rules', async () => {
    const asked: TrialRequest[] = [];
    const tried = await startReview(database, {
      tryRules: async (request) => {
        asked.push(request);
        return { ...NO_CHANGE, read: 7, changed: 2, ended: 'limit' };
      },
    });
    const answer = await tried.post('/api/v1/normalise/trial', { feeds, limit: 7 });
    expect(TrialAnswer.parse(await answer.json())).toMatchObject({ read: 7, changed: 2 });
    expect(asked).toMatchObject([{ feeds: [{ name: 'ris', timezone: 'UTC' }], limit: 7 }]);
    expect(await auditOf(database, '')).toMatchObject([
      {
        actor: 'local',
        action: 'rules.tried',
        at: NOW,
        detail: { since: null, read: 7, changed: 2, ended: 'limit' },
      },
    ]);
    await tried.stop();
  });

  test('while another runs is 409', async () => {
    const tried = await startReview(database, {
      tryRules: () => Promise.reject(new OverreadError('OVR_TRIAL_RUNNING')),
    });
    const answer = await tried.post('/api/v1/normalise/trial', { feeds });
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'OVR_TRIAL_RUNNING']);
    await tried.stop();
  });

  test.each([{}, { feeds: [{ name: 'RIS' }] }, { feeds, limit: 0 }, { feeds, limit: 10_001 }])(
    'refuses %j',
    async (body) => {
      expect((await review.post('/api/v1/normalise/trial', body)).status).toBe(400);
    },
  );
});

test('health says what IT asks first', async () => {
  for (const spec of CASES) await insertCase(database, spec);
  const health = HealthSummary.parse(await json(review.get('/api/v1/health')));
  expect(health).toMatchObject({ ready: true, parts: { bus: { ready: true } }, deadLetters: [] });
  expect(health.feeds.map((feed) => [feed.name, feed.lastDay])).toEqual([
    ['ai', 3],
    ['ris', 3],
    ['night', 0],
  ]);
});
