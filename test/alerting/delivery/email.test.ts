import { afterEach, describe, expect, test } from '@jest/globals';
import { type Alert, AlertingConfig, type AlertNotice } from '../../../contracts/index.js';
import type { Channel } from '../../../services/alerting/delivery/channel.js';
import { openChannel } from '../../../services/alerting/delivery/channels.js';
import { mailText } from '../../../services/alerting/delivery/mail-text.js';
import { type MailServer, startMailServer } from '../../support/mail-server.js';
import { createManualClock } from '../../support/manual-clock.js';

const alert: Alert = {
  id: `alert_${'0'.repeat(32)}`,
  revision: 1,
  rule: 'significant',
  state: 'open',
  pairId: 'pair_1',
  generator: { name: 'GenExample', version: '2.1' },
  modality: 'CT',
  significance: 'urgent',
  aspects: ['finding', 'temporal_change'],
  discrepancies: 2,
  link: 'https://overread.example/cases/pair_1',
  raisedAt: '2026-03-04T08:00:00.000Z',
  updatedAt: '2026-03-04T08:00:00.000Z',
};
const notice: AlertNotice = {
  type: 'alert.raised',
  alerts: [alert],
  sentAt: '2026-03-04T08:00:00.000Z',
  notice: 'retrospective QA - not a critical-result channel',
};
const message = { id: 'delivery_1', notice };

const open: { stop(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((part) => part.stop())));

async function mailServer(login?: { user: string; password: string }): Promise<MailServer> {
  const server = await startMailServer(login);
  open.push(server);
  return server;
}

function email(port: number, overrides: Record<string, unknown> = {}, environment = {}): Channel {
  const channel = {
    type: 'email',
    name: 'mail',
    host: '127.0.0.1',
    port,
    from: 'Overread <overread@hospital.example>',
    to: ['qa@hospital.example', 'lead@hospital.example'],
    ...overrides,
  };
  const [config] = AlertingConfig.parse({ channels: [channel] }).channels;
  if (config === undefined) throw new Error('no channel');
  const secrets = { hashKey: '', databasePassword: undefined, environment };
  return openChannel(config, { secrets, clock: createManualClock() });
}

test('a mail says tier, generator, modality, aspects and where to look, in plain text', async () => {
  const server = await mailServer();
  expect(await email(server.port).send(message)).toEqual({ kind: 'delivered' });
  const [mail = ''] = server.mails;
  expect(server.recipients).toEqual([['qa@hospital.example', 'lead@hospital.example']]);
  expect(mail).toContain('Content-Type: text/plain');
  expect(mail).toContain('Subject: [Overread] New alert: urgent, GenExample, CT');
  expect(mail).toContain('Message-ID: <delivery_1@hospital.example>');
  expect(mail).toContain('X-Overread-Delivery: delivery_1');
  expect(mail).toMatch(/Tier: +urgent\r\n/);
  expect(mail).toMatch(/Generator: +GenExample, version 2\.1\r\n/);
  expect(mail).toMatch(/Aspects: +finding, temporal change\r\n/);
  expect(mail).toContain('https://overread.example/cases/pair_1');
  expect(mail).toContain('retrospective QA - not a critical-result channel.');
});

describe('the mail server', () => {
  test('refusing for now is tried again, refusing for good is not', async () => {
    const server = await mailServer();
    server.refuse(451);
    expect(await email(server.port).send(message)).toEqual({ kind: 'retry', error: 'smtp_451' });
    server.refuse(552);
    expect(await email(server.port).send(message)).toEqual({ kind: 'failed', error: 'smtp_552' });
  });

  test('that is away is tried again', async () => {
    const server = await startMailServer();
    await server.stop();
    expect(await email(server.port).send(message)).toMatchObject({ kind: 'retry' });
  });

  test('with a login takes the right password; a wrong one is a matter of configuration, so it is tried again', async () => {
    const server = await mailServer({ user: 'overread', password: 'right' });
    const login = { user: 'overread', passwordFrom: 'MAIL_PASSWORD' };
    const right = email(server.port, login, { MAIL_PASSWORD: 'right' });
    expect(await right.send(message)).toEqual({ kind: 'delivered' });
    const wrong = email(server.port, login, { MAIL_PASSWORD: 'wrong' });
    expect(await wrong.send(message)).toEqual({ kind: 'retry', error: 'smtp_535' });
  });
});

test('a login without its password is refused before anything is sent', () => {
  const missing = () => email(25, { user: 'overread', passwordFrom: 'MAIL_PASSWORD' });
  expect(missing).toThrow(expect.objectContaining({ code: 'OVR_SECRET_MISSING', detail: 'MAIL_PASSWORD' }));
  const unnamed = () => email(25, { user: 'overread' });
  expect(unnamed).toThrow(expect.objectContaining({ code: 'OVR_CONFIG_INVALID' }));
});

describe('the text of a mail', () => {
  test('of a digest counts by tier, lists, and says how many more there are', () => {
    const digest = {
      ...notice,
      type: 'alert.digest' as const,
      counts: { urgent: 3, actionable: 1, withdrawn: 1 },
    };
    const { subject, text } = mailText(digest);
    expect(subject).toBe('[Overread] Digest: 3 urgent, 1 actionable, 1 withdrawn');
    expect(text).toContain('https://overread.example/cases/pair_1');
    expect(text).toContain('and 4 more on the page.');
  });

  test('of a withdrawal says so first', () => {
    const withdrawn = {
      ...notice,
      type: 'alert.withdrawn' as const,
      alerts: [{ ...alert, state: 'withdrawn' as const }],
    };
    expect(mailText(withdrawn).text).toMatch(/^Alert withdrawn\.\n[\s\S]*Tier: +urgent \(withdrawn\)/);
  });

  test('cannot be given header lines by a generator’s name', () => {
    const name = 'Gen\r\nBcc: x@example.org';
    const { subject, text } = mailText({
      ...notice,
      alerts: [{ ...alert, generator: { name, version: '' } }],
    });
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).toContain('Generator:  Gen Bcc: x@example.org\n');
  });

  test('says when the modality is not known', () => {
    expect(mailText({ ...notice, alerts: [{ ...alert, modality: null }] }).text).toContain(
      'Modality:   not known',
    );
  });
});
