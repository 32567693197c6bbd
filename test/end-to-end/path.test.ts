import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { AlertNotice } from '../../contracts/index.js';
import { browserMissing, startBrowser } from '../support/browser.js';
import { type Combination, combinations } from '../support/bus.js';
import { eventually } from '../support/eventually.js';
import { connectHl7Client } from '../support/hl7-client.js';
import { type KafkaServer, startKafka } from '../support/kafka.js';
import { type OverreadProcess, startOverreadProcess } from '../support/overread-process.js';
import { type PostgresServer, startPostgres } from '../support/postgres.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { temporaryFolder } from '../support/temporary.js';

const SECRET = 'a secret of the tests';
const ACCESSION = 'E2E-4711';
const PATIENT = 'E2E-PATIENT-17';

function report(sender: string, status: string, controlId: string, lines: readonly string[]): string {
  return [
    `MSH|^~\\&|${sender}|MADE-UP|OVERREAD|OVERREAD|20260105080000||ORU^R01|${controlId}|P|2.5.1`,
    `PID|1||${PATIENT}^^^MADEUP^MR||TESTPERSON^ZULU||19600101|F`,
    `OBR|1|E2E-PLACER|${ACCESSION}|71046^XR CHEST|||20260105074500|||||||||||||||||DX|${status}`,
    ...lines.map((line, n) => `OBX|${n + 1}|TX|71046&GDT||${line}||||||${status}`),
    '',
  ].join('\r');
}

const DRAFT = report('SIM-DRAFTER', 'P', 'E2E-1', [
  'FINDINGS: The lungs are clear. No pneumothorax.',
  'IMPRESSION: No acute cardiopulmonary abnormality.',
]);
const FINAL = report('SIM-RIS', 'F', 'E2E-2', [
  'FINDINGS: The lungs are clear. Large left tension pneumothorax.',
  'IMPRESSION: Tension pneumothorax on the left.',
]);

const noBrowser = browserMissing();
if (noBrowser !== null) console.warn(`the page is not opened: ${noBrowser}`);

describe.each(combinations())(
  'from two messages to an alert and its page, %s',
  (combination: Combination) => {
    let postgres: PostgresServer | undefined;
    let kafka: KafkaServer | undefined;
    let receiver: Receiver;
    let overread: OverreadProcess;
    let browser: Browser | undefined;

    beforeAll(async () => {
      receiver = await startReceiver();
      if (noBrowser === null) browser = await startBrowser();
      if (combination !== 'sql on pglite') postgres = await startPostgres();
      if (combination === 'kafka on postgres') kafka = await startKafka();
      const url = await postgres?.createDatabase();
      overread = await startOverreadProcess({
        folder: await temporaryFolder(),
        environment: { QA_SECRET: SECRET },
        config: {
          ...(url === undefined ? {} : { database: { engine: 'postgres', url } }),
          ...(kafka === undefined ? {} : { bus: { engine: 'kafka', brokers: [kafka.broker] } }),
          alerting: {
            channels: [{ type: 'webhook', name: 'qa', url: receiver.url, secretFrom: 'QA_SECRET' }],
            rules: [{ name: 'significant', channels: ['qa'] }],
          },
        },
      });
    }, 120_000);

    afterAll(async () => {
      await overread?.stop();
      await Promise.all([browser?.close(), receiver?.stop(), kafka?.stop(), postgres?.stop()]);
    }, 60_000);

    const metric = async (name: string) => {
      const page = await fetch(`http://127.0.0.1:${overread.ports.operations}/metrics`);
      return [...(await page.text()).matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, 'gm'))].reduce(
        (sum, match) => sum + Number(match[1]),
        0,
      );
    };

    test('draft and final over MLLP raise one signed alert, figures and a case that shows both texts', async () => {
      const client = await connectHl7Client(overread.ports.mllp);
      expect(await client.send(DRAFT)).toBe('AA');
      expect(await client.send(FINAL)).toBe('AA');
      await client.close();

      const [delivery] = await eventually(() => {
        expect(receiver.received).toHaveLength(1);
        return receiver.received;
      }, 20_000);
      const signed = `${delivery?.headers['x-overread-timestamp']}.${delivery?.body}`;
      const signature = createHmac('sha256', SECRET).update(signed).digest('hex');
      expect(delivery?.headers['x-overread-signature']).toBe(`v1=${signature}`);
      const notice = AlertNotice.parse(JSON.parse(delivery?.body ?? ''));
      expect(notice).toMatchObject({
        type: 'alert.raised',
        alerts: [
          {
            generator: { name: 'SIM-DRAFTER' },
            modality: 'DX',
            significance: 'urgent',
            aspects: ['finding'],
          },
        ],
      });
      for (const secret of [ACCESSION, PATIENT, 'TESTPERSON', 'pneumothorax', 'E2E']) {
        expect(delivery?.body).not.toContain(secret);
        expect(overread.log()).not.toContain(secret);
      }

      // The gateway's thread hands its figures over every second; a stage counts when an event is done for good.
      await eventually(async () => {
        expect(await metric('overread_messages_received_total')).toBe(2);
        expect(await metric('overread_pairs_scored_total')).toBe(1);
        expect(await metric('overread_alerts_raised_total')).toBe(1);
      });

      const link = notice.alerts[0]?.link ?? '';
      expect(link).toContain(`127.0.0.1:${overread.ports.pages}/cases/pair_`);
      if (browser === undefined) return;
      const page = await browser.newPage();
      await page.goto(link);
      expect(await page.textContent('h1')).toContain('urgent');
      const marks = await page.locator('mark').allTextContents();
      expect(marks.join(' ')).toContain('No pneumothorax');
      expect(marks.join(' ')).toMatch(/tension pneumothorax/i);
      await page.getByRole('button', { name: 'Acknowledge' }).click();
      await page.goto(`http://127.0.0.1:${overread.ports.pages}/`);
      expect(await page.textContent('main')).not.toContain('pneumothorax');
      await page.close();
    }, 90_000);

    test('the same two messages again change nothing', async () => {
      const client = await connectHl7Client(overread.ports.mllp);
      expect(await client.send(FINAL)).toBe('AA');
      expect(await client.send(DRAFT)).toBe('AA');
      await client.close();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await metric('overread_alerts_raised_total')).toBe(1);
      expect(receiver.received).toHaveLength(1);
    }, 30_000);

    test('it ends in order when asked to', async () => {
      expect(await overread.stop()).toBe(0);
    }, 30_000);
  },
);
