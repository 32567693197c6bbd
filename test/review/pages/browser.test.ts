import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Database } from '../../../services/platform/index.js';
import { browserMissing, startBrowser } from '../../support/browser.js';
import { contrastFailures } from '../support/accessibility.js';
import { CASES, MASS, NODULE, PNEUMOTHORAX } from '../support/cases.js';
import { alertId, insertCase, pairId } from '../support/ledger.js';
import { emptyLedger, openLedger, type RunningReview, startReview } from '../support/service.js';

const missing = browserMissing();
if (missing !== null) console.warn(`skipped: ${missing}`);

/** Folder for pictures of the pages, to look at; none are made without it. */
const PICTURES = process.env.OVERREAD_SCREENSHOTS ?? '';

(missing === null ? describe : describe.skip)('the pages in a real browser', () => {
  let database: Database;
  let review: RunningReview;
  let browser: Browser;
  const pages: Page[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    database = await openLedger();
    review = await startReview(database);
    browser = await startBrowser();
  }, 60_000);
  beforeEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()));
    problems.splice(0);
    await emptyLedger(database);
    for (const spec of CASES) await insertCase(database, spec);
  });
  afterAll(async () => {
    await browser.close();
    await review.stop();
    await database.close();
  });

  /** A page whose every complaint, also of the content security policy, is kept. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'dark',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(5_000);
    const page = await context.newPage();
    pages.push(page);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${review.address}${path}`);
    return page;
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (PICTURES !== '') await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }

  const casePath = `/cases/${pairId(PNEUMOTHORAX.name)}`;

  test('the worklist stands ranked, worst tier first, then oldest', async () => {
    const page = await open('/');
    const reasons = await page.locator('.worklist a.case').allInnerTexts();
    expect(reasons.map((reason) => reason.replace(/\s+/g, ' '))).toEqual([
      expect.stringContaining('“No pneumothorax” → final “Small right apical pneumothorax measuring 1.5 cm”'),
      expect.stringContaining('“a 3 cm mass in the liver” → final not mentioned'),
      expect.stringContaining('“left upper lobe” → final “right upper lobe”'),
    ]);
    expect(await page.locator('.count').allInnerTexts()).toEqual([
      expect.stringMatching(/1\s+▲ urgent/),
      expect.stringMatching(/2\s+◆ actionable/),
      expect.stringMatching(/0\s+● minor/),
    ]);
    await picture(page, 'worklist');
    expect(problems).toEqual([]);
  });

  test('without JavaScript: filter, open a case, follow evidence, acknowledge', async () => {
    const page = await open('/', { javaScriptEnabled: false });
    await page.getByLabel('Modality').selectOption('CT');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(await page.locator('.worklist tbody tr').count()).toBe(2);
    await page.getByRole('link', { name: 'left upper lobe' }).click();
    expect(new URL(page.url()).pathname).toBe(`/cases/${pairId(NODULE.name)}`);
    expect(await page.locator('.position').textContent()).toBe('2 of 2');
    await page.locator('.card').last().getByRole('link', { name: 'right upper lobe' }).click();
    expect(new URL(page.url()).hash).toBe('#d2-final-0');
    await page.locator('td.final a.ref').last().click();
    expect(new URL(page.url()).hash).toBe('#card-2');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('Acknowledged by local').waitFor();
    expect(new URL(page.url()).searchParams.get('modality')).toBe('CT');
    const { rows } = await database.query('select state, acknowledged_by from alert where id = $1', [
      alertId(NODULE.name),
    ]);
    expect(rows).toEqual([{ state: 'acknowledged', acknowledged_by: 'local' }]);
  });

  test('by keyboard alone: list, case, cards with their marks, acknowledge, next case', async () => {
    const page = await open('/');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${casePath}`);
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.id')).toBe('card-1');
    expect(await page.locator('mark.lit').allInnerTexts()).toEqual([
      expect.stringContaining('Small right apical pneumothorax'),
      expect.stringContaining('No pneumothorax'),
      expect.stringContaining('Small right apical pneumothorax measuring 1.5 cm'),
    ]);
    await page.keyboard.press('j');
    expect(await page.locator('.lit').allInnerTexts()).toEqual([
      expect.stringContaining('endotracheal tube'),
      expect.stringContaining('not mentioned'),
      expect.stringContaining('The endotracheal tube tip'),
    ]);
    await picture(page, 'case-lit');
    await page.keyboard.press('a');
    await page.getByText('Acknowledged by local').waitFor();
    await page.keyboard.press('n');
    await page.waitForURL(`**/cases/${pairId(MASS.name)}`);
    expect(problems).toEqual([]);
  });

  test('? shows the keys, and letter keys can be turned off for good', async () => {
    const page = await open(casePath);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await picture(page, 'keyboard');
    await page.getByRole('button', { name: 'Turn letter keys off' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.reload();
    await page.keyboard.press('a');
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(1);
  });

  test('letters typed into a filter do nothing else', async () => {
    const page = await open(casePath);
    await page.goto(`${review.address}/`);
    await page.getByRole('combobox', { name: 'Tier' }).focus();
    await page.keyboard.press('n');
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SELECT');
  });

  test('text edits are off until asked for, and speak to screen readers', async () => {
    const page = await open(casePath);
    expect(await page.locator('ins, del').count()).toBe(0);
    await page.getByRole('link', { name: 'Show text edits' }).click();
    const deleted = await page.locator('del').allTextContents();
    expect(deleted.every((text) => /^start deletion .+ end deletion$/s.test(text))).toBe(true);
    expect(await page.locator('ins').count()).toBeGreaterThan(0);
    await picture(page, 'case-edits');
  });

  test.each(['dark', 'light'] as const)(
    'text has a contrast of 4.5:1 on every page, %s',
    async (colorScheme) => {
      for (const path of [
        '/',
        '/?tier=minor',
        casePath,
        `${casePath}?edits=1`,
        '/feeds',
        '/dead-letters',
        '/no',
      ]) {
        const page = await open(path, { colorScheme });
        expect({ path, failures: await contrastFailures(page) }).toEqual({ path, failures: [] });
        if (path === casePath) await picture(page, `case-${colorScheme}`);
        if (path === '/') await picture(page, `worklist-${colorScheme}`);
        if (path === '/feeds') await picture(page, `feeds-${colorScheme}`);
      }
    },
  );

  test('on a narrow screen nothing runs over the edge', async () => {
    for (const path of ['/', casePath, '/feeds', '/dead-letters']) {
      const page = await open(path, { viewport: { width: 360, height: 740 } });
      const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect({ path, over }).toEqual({ path, over: 0 });
      await picture(page, `narrow-${path === '/' ? 'worklist' : path.split('/')[1]}`);
    }
  });
});
