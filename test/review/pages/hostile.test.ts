import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Discrepancy } from '../../../contracts/index.js';
import { storeDeadLetter } from '../../../services/ledger/index.js';
import type { Database } from '../../../services/platform/index.js';
import { html } from '../../../services/review/pages/html.js';
import { browserMissing, startBrowser } from '../../support/browser.js';
import { alertId, type CaseSpec, insertCase, pairId, span } from '../support/ledger.js';
import { emptyLedger, NOW, openLedger, type RunningReview, startReview } from '../support/service.js';

const ATTACK = `"><script>globalThis.owned = 1</script><img src=x onerror="globalThis.owned = 1"> ' onmouseover=globalThis.owned=1 </mark></td>&lt;b&gt; javascript:owned`;
const DRAFT = `FINDINGS: A mass. ${ATTACK}\nIMPRESSION: Mass.`;
const DISCREPANCY: Discrepancy = {
  aspect: 'finding',
  kind: 'fabrication',
  significance: 'urgent',
  significant: true,
  confidence: 0.9,
  draft: [span(DRAFT, `A mass. ${ATTACK}`)],
  final: [],
  explanation: `Said: ${ATTACK}`,
};
const HOSTILE: CaseSpec = {
  name: 'hostile',
  draft: DRAFT,
  final: `FINDINGS: Clear. ${ATTACK}\nIMPRESSION: Clear.`,
  completedAt: '2026-03-01T06:00:00.000Z',
  exam: ATTACK,
  modality: ATTACK.slice(0, 40),
  generator: { name: ATTACK, version: ATTACK },
  discrepancies: [DISCREPANCY],
};

let database: Database;
let review: RunningReview;
const PATHS = [
  '/',
  `/cases/${pairId('hostile')}`,
  `/cases/${pairId('hostile')}?edits=1`,
  '/dead-letters',
  '/dead-letters/letter?original=1',
  '/feeds',
];

beforeAll(async () => {
  database = await openLedger();
}, 60_000);
beforeEach(async () => {
  await emptyLedger(database);
  await insertCase(database, HOSTILE);
  await storeDeadLetter(database, {
    id: 'letter',
    code: ATTACK,
    stage: ATTACK,
    detail: ATTACK,
    attempts: 1,
    originalTopic: ATTACK,
    originalType: ATTACK,
    originalId: 'x',
    originalKey: 'x',
    originalAttributes: {},
    originalContentType: ATTACK,
    originalData: Buffer.from(ATTACK),
    at: NOW,
  });
});
afterAll(() => database.close());

describe('hostile words in reports, names and messages', () => {
  beforeAll(async () => {
    review = await startReview(database);
  });
  afterAll(() => review.stop());

  test.each(PATHS)('stay words on %s', async (path) => {
    const answer = await review.get(path);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    const bare = page.replace(/"[^"]*"/g, '""');
    expect(bare).not.toMatch(/<[^>]*\s(on[a-z]+|style)=/);
    expect(page).not.toContain('<style');
  });

  const missing = browserMissing();
  (missing === null ? test : test.skip)('run nothing in a real browser', async () => {
    const browser: Browser = await startBrowser();
    try {
      const page = await browser.newPage();
      for (const path of PATHS) {
        await page.goto(`${review.address}${path}`);
        expect(await page.evaluate('globalThis.owned')).toBeUndefined();
      }
      await page.goto(`${review.address}/cases/${pairId('hostile')}`);
      expect((await page.locator('td.draft mark').allTextContents()).join(' ')).toContain('<script>');
      const injected = `(() => { const s = document.createElement('script'); s.textContent = 'globalThis.owned = 1'; document.body.append(s); return globalThis.owned; })()`;
      expect(await page.evaluate(injected)).toBeUndefined();
    } finally {
      await browser.close();
    }
  });
});

test('no address, title, log line or metric names a study or quotes a report', async () => {
  review = await startReview(database);
  const pages: string[] = [];
  for (const path of [...PATHS, `/cases/${pairId('nobody')}`, '/api/v1/alerts', '/?tier=wrong']) {
    pages.push(await (await review.get(path, { accept: 'text/html' })).text());
  }
  const form = await review.form(`/cases/${pairId('hostile')}/acknowledge`, { [alertId('hostile')]: '1' });
  expect(form.status).toBe(303);
  const metrics = (await review.metrics.page()).body;
  await review.stop();
  const titles = pages.flatMap((page) => page.match(/<title>[^<]*<\/title>/g) ?? []);
  const links = pages.flatMap((page) => page.match(/(?:href|action|src)="[^"]*"/g) ?? []);
  expect(titles.length).toBeGreaterThan(5);
  expect(links.length).toBeGreaterThan(20);
  for (const seen of [...titles, ...links, review.log(), metrics]) {
    expect(seen).not.toContain('ACC-hostile');
    expect(seen).not.toMatch(/owned/);
    expect(seen).not.toMatch(/\bmass\b/i);
  }
});

describe('the template', () => {
  test('escapes text, attributes and lists, and leaves markup of its own', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p title="${`"'>`}">${[inner, ' & ', 3, null, false, undefined]}</p>`.toString()).toBe(
      '<p title="&quot;&#39;&gt;"><b>&lt;i&gt;</b> &amp; 3</p>',
    );
  });
});
