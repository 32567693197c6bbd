import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MEDIA_TYPES, ReportVersion, TOPICS, type Topic } from '../../../contracts/index.js';
import { createNormaliser } from '../../../services/ingest/normaliser/index.js';
import {
  createLogger,
  dataOf,
  deterministicId,
  type IncomingEvent,
  type OutgoingEvent,
} from '../../../services/platform/index.js';
import { type Engines, startEngines } from '../../support/bus.js';
import { eventually } from '../../support/eventually.js';
import { feed, HASH_KEY, oru, RECEIVED, tx } from './support.js';

function message(text: string): OutgoingEvent {
  const data = Buffer.from(text);
  return {
    type: 'overread.message.received',
    key: 'ris',
    id: deterministicId('msg', data),
    data,
    contentType: MEDIA_TYPES.hl7,
    attributes: { feed: 'ris', transport: 'mllp', listener: 'ris', receivedat: RECEIVED },
  };
}

describe('on a real bus', () => {
  let engines: Engines;
  beforeAll(async () => {
    engines = await startEngines('sql on pglite');
  });
  afterAll(async () => {
    await engines.leave();
    await engines.stop();
  });

  test('what can be used is published, the rest is kept with its bytes and code, each counted once', async () => {
    const { bus, metrics } = await engines.world();
    const all = async (topic: Topic): Promise<IncomingEvent[]> => {
      const events: IncomingEvent[] = [];
      for await (const event of bus.scan(topic)) events.push(event);
      return events;
    };
    const normaliser = createNormaliser({
      bus,
      feeds: [feed({ match: { sendingApplication: 'RIS' }, sourceKind: 'radiologist' })],
      hashKey: HASH_KEY,
      metrics,
      logger: createLogger({ level: 'error' }, { write: () => {} }),
    });
    await normaliser.start();
    const unknownStatus = oru({ obr: { 25: 'Q' }, lines: tx('F', 'Clear.') });
    const stranger = oru({ msh: { 2: 'STRANGER' } });
    await bus.publish([
      message(oru({ lines: tx('F', 'First.') })),
      message(unknownStatus),
      message(stranger),
      message(oru({ obr: { 25: 'C' }, lines: tx('C', 'Second.') })),
    ]);
    await eventually(async () => {
      expect((await all(TOPICS.reports)).length).toBe(2);
      expect((await all(TOPICS.deadLetters)).length).toBe(2);
    });
    const versions = (await all(TOPICS.reports)).map((e) => dataOf(e, 'overread.report.received'));
    expect(versions.map((v) => ReportVersion.parse(v).text)).toEqual(['First.', 'Second.']);
    const letters = await all(TOPICS.deadLetters);
    expect(letters.map((l) => [l.attributes.code, l.data.toString()])).toEqual([
      ['OVR_STATUS_UNKNOWN', unknownStatus],
      ['OVR_FEED_UNMATCHED', stranger],
    ]);
    const { body } = await metrics.page();
    expect(body).toContain('overread_messages_normalised_total{feed="ris",outcome="report"} 2');
    expect(body).toContain('overread_messages_unusable_total{feed="ris",code="OVR_STATUS_UNKNOWN"} 1');
    expect(body).toContain('overread_messages_quarantined_total{transport="mllp"} 1');
    await normaliser.stop();
  });
});
