import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rawSender } from '../ingest/gateway/support/sender.js';
import { type Combination, combinations } from '../support/bus.js';
import { eventually } from '../support/eventually.js';
import { type KafkaServer, startKafka } from '../support/kafka.js';
import { type OverreadProcess, startOverreadProcess } from '../support/overread-process.js';
import { type PostgresServer, startPostgres } from '../support/postgres.js';
import { temporaryFolder } from '../support/temporary.js';

type Report = {
  readonly sender: string;
  readonly status: string;
  readonly number: string;
  readonly text: string;
};

function report({ sender, status, number, text }: Report, controlId = `${number}-${status}`): string {
  return [
    `MSH|^~\\&|${sender}|MADE-UP|OVERREAD|OVERREAD|20260105080000||ORU^R01|${controlId}|P|2.5.1`,
    `PID|1||${number}^^^MADEUP^MR||TESTPERSON^ZULU||19600101|F`,
    `OBR|1||BAD-${number}|71046^XR CHEST|||20260105074500|||||||||||||||||DX|${status}`,
    `OBX|1|TX|71046&GDT||${text}||||||${status}`,
    '',
  ].join('\r');
}
const framed = (hl7: string) => `\x0b${hl7}\x1c\r`;
const draft = (number: string, text: string) => report({ sender: 'SIM-DRAFTER', status: 'P', number, text });
const final = (number: string, text: string) => report({ sender: 'SIM-RIS', status: 'F', number, text });

const MEBIBYTE = 1024 ** 2;
const long = (bytes: number) =>
  'The lungs are clear and the heart is normal. '.repeat(Math.ceil(bytes / 45)).slice(0, bytes);

type DeadLetter = { readonly id: string; readonly code: string };

describe.each(combinations())('hostile input on the whole path, %s', (combination: Combination) => {
  let postgres: PostgresServer | undefined;
  let kafka: KafkaServer | undefined;
  let overread: OverreadProcess;

  beforeAll(async () => {
    if (combination !== 'sql on pglite') postgres = await startPostgres();
    if (combination === 'kafka on postgres') kafka = await startKafka();
    const url = await postgres?.createDatabase();
    overread = await startOverreadProcess({
      folder: await temporaryFolder(),
      config: {
        ...(url === undefined ? {} : { database: { engine: 'postgres', url } }),
        ...(kafka === undefined ? {} : { bus: { engine: 'kafka', brokers: [kafka.broker] } }),
      },
    });
  }, 120_000);

  afterAll(async () => {
    await overread?.stop();
    await Promise.all([kafka?.stop(), postgres?.stop()]);
  }, 60_000);

  const metric = async (start: string) => {
    const page = await fetch(`http://127.0.0.1:${overread.ports.operations}/metrics`);
    return (await page.text())
      .split('\n')
      .filter((line) => line.startsWith(start))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const api = async (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${overread.ports.pages}/api/v1${path}`, init);
  const deadLetters = async (code: string): Promise<DeadLetter[]> => {
    const { deadLetters: all } = (await (await api('/dead-letters?limit=100')).json()) as {
      deadLetters: DeadLetter[];
    };
    return all.filter((letter) => letter.code === code);
  };

  test('a report of 8 MB goes the whole way: acknowledged, paired, honestly not scored, and nothing waits behind it', async () => {
    const sender = await rawSender(overread.ports.mllp);
    await sender.write(framed(draft('8MB', long(7.9 * MEBIBYTE))));
    await sender.write(framed(final('8MB', 'No acute cardiopulmonary abnormality.')));
    await sender.write(framed(draft('AFTER', 'No pneumothorax.')));
    await sender.write(framed(final('AFTER', 'Large right pneumothorax.')));
    expect((await sender.acks(4)).map((ack) => ack.code)).toEqual(['AA', 'AA', 'AA', 'AA']);
    sender.end();
    await eventually(async () => {
      expect(await metric('overread_pairs_unscorable_total')).toBe(1);
      expect(await metric('overread_alerts_raised_total')).toBe(1);
    }, 60_000);
  }, 90_000);

  test('20 MB are refused with a code and their head is kept', async () => {
    const sender = await rawSender(overread.ports.mllp);
    await sender.write(framed(draft('20MB', long(20 * MEBIBYTE))));
    expect((await sender.acks(1)).map((ack) => ack.code)).toEqual(['AE']);
    await sender.closed;
    await eventually(async () => expect(await deadLetters('OVR_MESSAGE_TOO_LARGE')).toHaveLength(1), 20_000);
  }, 60_000);

  test('a frame that another one cuts off never lends its patient to the next', async () => {
    const sender = await rawSender(overread.ports.mllp);
    const cut = draft('CUT-A', 'Large pneumothorax.');
    await sender.write(
      `\x0b${cut.slice(0, cut.indexOf('OBX'))}${framed(draft('CUT-B', 'The lungs are clear.'))}`,
    );
    expect((await sender.acks(1)).map((ack) => ack.controlId)).toEqual(['CUT-B-P']);
    sender.end();
    const [letter] = await eventually(async () => {
      const found = await deadLetters('OVR_MLLP_FRAME_CUT');
      expect(found).toHaveLength(1);
      return found;
    }, 20_000);
    const whole = await (await api(`/dead-letters/${letter?.id}`)).text();
    expect(whole).not.toContain('CUT-B');
  }, 40_000);

  test('garbage, no MSH, unknown status and an empty text are each kept with a code, and the connection lives', async () => {
    const sender = await rawSender(overread.ports.mllp);
    await sender.write(`garbage outside of any frame${framed('PID|1||nobody')}`);
    await sender.write(framed(report({ sender: 'SIM-RIS', status: 'Q', number: 'ODD', text: 'Clear.' })));
    await sender.write(framed(draft('EMPTY', '')));
    await sender.write(framed(final('EMPTY', 'Large left pneumothorax.')));
    await sender.write(
      framed(report({ sender: 'NOBODY-KNOWS', status: 'F', number: 'ODD', text: 'Clear.' })),
    );
    expect((await sender.acks(5)).map((ack) => ack.code)).toEqual(['AR', 'AA', 'AA', 'AA', 'AA']);
    sender.end();
    await eventually(async () => {
      for (const code of ['OVR_HL7_NO_MSH', 'OVR_STATUS_UNKNOWN', 'OVR_FEED_UNMATCHED']) {
        expect([code, (await deadLetters(code)).length]).toEqual([code, 1]);
      }
    }, 20_000);
  }, 40_000);

  test('a control id that comes again with other words is a message of its own', async () => {
    const sender = await rawSender(overread.ports.mllp);
    for (const number of ['TWICE-1', 'TWICE-2']) {
      await sender.write(framed(draft(number, 'Large left pneumothorax.')));
      const text = `No pneumothorax. Case ${number}.`;
      await sender.write(framed(report({ sender: 'SIM-RIS', status: 'F', number, text }, 'SAME')));
    }
    expect((await sender.acks(4)).map((ack) => ack.code)).toEqual(['AA', 'AA', 'AA', 'AA']);
    sender.end();
    await eventually(async () => {
      expect(await metric('overread_control_ids_reused_total')).toBe(1);
      // One of the first test, and one of each of these.
      expect(await metric('overread_alerts_raised_total')).toBe(3);
    }, 20_000);
  }, 40_000);

  test('JSON that is none, and a body that is no DICOM, are answered with a code', async () => {
    const json = await api('/reports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect([json.status, (await json.json()) as unknown]).toMatchObject([
      400,
      { error: { code: 'OVR_JSON_INVALID' } },
    ]);
    const dicom = await api('/dicom', {
      method: 'POST',
      headers: { 'content-type': 'application/dicom' },
      body: 'no file of that kind',
    });
    expect([dicom.status, (await dicom.json()) as unknown]).toMatchObject([
      400,
      { error: { code: 'OVR_DICOM_NOT_PART10' } },
    ]);
  });

  test('the service is as ready as before', async () => {
    const ready = await fetch(`http://127.0.0.1:${overread.ports.operations}/readyz`);
    expect(ready.status).toBe(200);
    expect(overread.log()).not.toMatch(/TESTPERSON|pneumothorax|BAD-/);
  });
});
