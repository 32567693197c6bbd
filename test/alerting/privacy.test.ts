import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testAlerting } from '../support/alerting.js';
import { type Ledger, startLedger } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { startMailServer } from '../support/mail-server.js';
import { startReceiver, status } from '../support/receiver.js';
import {
  discrepancy,
  REPORT_WORDS,
  savePair,
  scored,
  scoreEvent,
  scoreOf,
  stateEvent,
  testPair,
} from '../support/scored-pairs.js';

describe('what leaves alerting', () => {
  let ledger: Ledger;
  beforeAll(async () => {
    ledger = await startLedger('pglite');
  }, 60_000);
  afterAll(() => ledger.close());

  test('holds no report text and no identifier: payloads, mails, events, log lines, metrics', async () => {
    const { database } = ledger;
    const receiver = await startReceiver();
    const mailServer = await startMailServer();
    const channels = [
      { type: 'webhook', name: 'hook', url: receiver.url, secretFrom: 'HOOK' },
      {
        type: 'email',
        name: 'mail',
        host: '127.0.0.1',
        port: mailServer.port,
        from: 'overread@hospital.example',
        to: ['qa@hospital.example'],
      },
    ];
    const alerting = await testAlerting({
      database,
      config: { channels, dailyBudget: 2, digestEveryMinutes: 1 },
      environment: { HOOK: 'the-hook-secret' },
    });
    await alerting.service.start();
    const studies = ['accession-4711', '1.2.840.99999.4711', 'c'];
    const pairs = studies.map((studyId, n) => testPair(`p${n}`, { studyId }));
    for (const pair of pairs) await savePair(database, pair);
    receiver.answer(status(500));
    await alerting.give(...pairs.map((pair) => scoreEvent(scoreOf(pair, scored(discrepancy())))));
    await eventually(() => expect(alerting.log()).toContain('http_500'));
    receiver.answer(status(200));
    const [first] = pairs;
    if (first === undefined) throw new Error('no pair');
    await savePair(database, first, 'withdrawn');
    await alerting.give(stateEvent(first, 'withdrawn'));
    const bad = {
      ...scoreEvent(scoreOf(first, scored(discrepancy()))),
      data: Buffer.from('{"text":"pneumothorax"}'),
    };
    const refusal = await alerting.give(bad).catch((error: unknown) => String(error));
    await eventually(async () => {
      alerting.clock.advance(10_000);
      const open = (await alerting.deliveries()).filter(({ state }) => state !== 'delivered');
      expect(open).toEqual([]);
    });
    await alerting.service.stop();
    await Promise.all([receiver.stop(), mailServer.stop()]);

    const outside = {
      payloads: receiver.received.map(({ body, headers }) => body + JSON.stringify(headers)).join('\n'),
      mails: mailServer.mails.join('\n'),
      notices: JSON.stringify(await alerting.notices()),
      log: alerting.log(),
      metrics: (await alerting.metrics.page()).body,
      refusal: String(refusal),
    };
    expect(outside.payloads).toContain('alert.digest');
    expect(outside.mails).toContain('Digest');
    for (const [where, text] of Object.entries(outside)) {
      for (const secret of [...REPORT_WORDS, ...studies.slice(0, 2), 'the-hook-secret']) {
        expect({ where, secret, found: text.includes(secret) }).toEqual({ where, secret, found: false });
      }
    }
  });
});
