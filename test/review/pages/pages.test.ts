import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database, IncomingEvent } from '../../../services/platform/index.js';
import { age } from '../../../services/review/pages/time.js';
import { MASS, NODULE, PNEUMOTHORAX } from '../support/cases.js';
import { alertId, insertCase, pairId } from '../support/ledger.js';
import { emptyLedger, NOW, openLedger, type RunningReview, startReview } from '../support/service.js';

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

const page = async (path: string) => (await review.get(path, { accept: 'text/html' })).text();
/** Words of a page as a reader meets them. */
const words = async (path: string) =>
  (await page(path))
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');
const casePath = (name: string) => `/cases/${pairId(name)}`;

describe('the worklist says in plain words', () => {
  test('that no report has come in yet', async () => {
    expect(await words('/')).toContain('No report has come in yet');
  });

  test('that there is nothing to review', async () => {
    await insertCase(database, { ...NODULE, alert: false });
    expect(await words('/')).toContain('Nothing to review');
  });

  test('that no alert matches the filters', async () => {
    await insertCase(database, NODULE);
    expect(await words('/?modality=MR')).toContain('No alert matches these filters');
  });

  test('that it may be out of date', async () => {
    await insertCase(database, NODULE);
    expect(await words('/')).not.toContain('out of date');
    review.setNow(new Date('2026-03-04T08:00:00Z'));
    expect(await words('/')).toContain('This list may be out of date. The last report came in 3 days ago');
  });

  test('that a filter is not understood', async () => {
    const answer = await review.get('/?tier=wrong', { accept: 'text/html' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('OVR_REQUEST_INVALID');
  });
});

test('the filter stays in the addresses of the pages it leads to', async () => {
  for (const spec of [NODULE, MASS]) await insertCase(database, spec);
  expect(await page('/?modality=CT&tier=&version=')).toContain(`href="${casePath(MASS.name)}?modality=CT"`);
  const shown = await page(`${casePath(MASS.name)}?modality=CT`);
  expect(shown).toContain(`href="${casePath(NODULE.name)}?modality=CT"`);
  expect(shown).toContain(`action="${casePath(MASS.name)}/acknowledge?modality=CT"`);
  const answer = await review.form(`${casePath(MASS.name)}/acknowledge?modality=CT`, {
    [alertId(MASS.name)]: '1',
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([
    303,
    `${casePath(MASS.name)}?modality=CT`,
  ]);
});

describe('a case says in plain words', () => {
  test('that it is no critical-result channel, its accession, and where everything comes from', async () => {
    await insertCase(database, PNEUMOTHORAX);
    const shown = await words(casePath(PNEUMOTHORAX.name));
    for (const part of [
      'retrospective QA — not a critical-result channel',
      'accession ACC-pneumothorax',
      'made-up-metric 0.1.0',
      'f00dfacef00dface',
      'control id MADE-UP-final',
      'inaccuracy: in both, and they differ · confidence 97 %',
    ]) {
      expect(shown).toContain(part);
    }
  });

  test.each([
    ['that only wording differs', { discrepancies: [] }, 'only wording differs'],
    ['that it was signed unedited', { final: MASS.draft, discrepancies: [] }, 'Signed without any edit'],
    [
      'why it was not scored',
      { unscorable: 'generator_refusal' },
      'the generator declined to write a report',
    ],
    [
      'that a newer report replaced it',
      { status: 'superseded', supersededBy: 'pair_x' },
      'A newer report replaced',
    ],
    ['that it was withdrawn', { status: 'withdrawn' }, 'This case was withdrawn : made up'],
  ] as const)('%s', async (_what, changes, expected) => {
    await insertCase(database, { ...MASS, ...changes });
    expect(await words(casePath(MASS.name))).toContain(expected);
  });

  test('that it has no score yet', async () => {
    await insertCase(database, { ...MASS, alert: false });
    await database.query('delete from score');
    expect(await words(casePath(MASS.name))).toContain('This case has no score yet');
  });

  test('that it is not there', async () => {
    const answer = await review.get(casePath('nobody'), { accept: 'text/html' });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('There is nothing here');
  });
});

test('every mark leads to a card that is there, every card to marks that are there', async () => {
  for (const spec of [PNEUMOTHORAX, NODULE, MASS]) {
    await insertCase(database, spec);
    const shown = await page(casePath(spec.name));
    const ids = [...shown.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    const targets = [...shown.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('every page has one main heading, landmarks, a language, and a name for every field', async () => {
  await insertCase(database, NODULE);
  for (const path of ['/', casePath(NODULE.name), '/feeds', '/dead-letters', '/nothing']) {
    const shown = await page(path);
    expect(shown.match(/<h1[ >]/g)).toHaveLength(1);
    expect(shown.match(/<main /g)).toHaveLength(1);
    expect(shown).toContain('<html lang="en">');
    expect(shown).toContain('href="#main"');
    const fields = shown.match(/<(select|input) (?!type="hidden")/g) ?? [];
    const labels = shown.match(/<label>[^<]+<(select|input) /g) ?? [];
    expect(labels).toHaveLength(fields.length);
    const headers = shown.match(/<th /g) ?? [];
    expect(shown.match(/<th scope=/g) ?? []).toHaveLength(headers.length);
  }
});

test('the feeds page tells silent feeds from living ones by word', async () => {
  await insertCase(database, NODULE);
  expect(await words('/feeds')).toMatch(/ris ● receiving 3 h .* night ○ nothing yet never/);
  review.setNow(new Date('2026-03-04T08:00:00Z'));
  expect(await words('/feeds')).toMatch(/ris ▲ silent 3 days/);
});

test('a dead letter is shown without its original until asked for, retried by a form, and audited', async () => {
  const letter: IncomingEvent = {
    topic: 'overread.dead-letters.v1',
    type: 'overread.dead-letter.recorded',
    key: 'scoring',
    id: 'a letter/1',
    data: Buffer.from('MSH|^~\\&|MADEUP\rPID|1||NOBODY\r'),
    contentType: 'x-application/hl7-v2+er7',
    attributes: {
      code: 'OVR_EVENT_MALFORMED',
      stage: 'normaliser',
      detail: 'PID-3',
      attempts: '1',
      originaltopic: 'overread.hl7.v1',
      originaltype: 'overread.message.received',
      originalid: 'm',
      originalkey: 'ris',
    },
    time: NOW,
    position: '0',
  };
  await review.bus.deliver([letter]);
  expect(await page('/dead-letters')).toContain('href="/dead-letters/a%20letter%2F1"');
  const path = '/dead-letters/a%20letter%2F1';
  expect(await page(path)).not.toContain('NOBODY');
  expect(await page(`${path}?original=1`)).toContain('MSH|^~\\&amp;|MADEUP\nPID|1||NOBODY\n');
  const answer = await review.post(`${path}/retry`);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, path]);
  expect(await words(path)).toContain('retried by local');
  const { rows } = await database.query('select action, detail from audit order by id limit 3');
  expect(rows).toEqual([
    { action: 'dead-letter.viewed', detail: { original: false } },
    { action: 'dead-letter.viewed', detail: { original: true } },
    { action: 'dead-letter.retried', detail: { stage: 'normaliser', code: 'OVR_EVENT_MALFORMED' } },
  ]);
});

test('assets keep for ever under an address that changes with them', async () => {
  const css = (await page('/')).match(/href="(\/assets\/review\.css\?v=[0-9a-f]{12})"/)?.[1] ?? '';
  const answer = await review.get(css);
  expect(answer.headers.get('content-type')).toContain('text/css');
  expect(answer.headers.get('cache-control')).toContain('immutable');
});

test.each([
  ['2026-03-01T07:59:30Z', 'just now'],
  ['2026-03-01T07:15:00Z', '45 min'],
  ['2026-02-28T08:00:00Z', '24 h'],
  ['2026-02-20T08:00:00Z', '9 days'],
  ['2026-03-01T09:00:00Z', 'just now'],
])('an age is told in the unit a reader thinks in: %s is %s', (at, expected) => {
  expect(age(at, NOW)).toBe(expected);
});
