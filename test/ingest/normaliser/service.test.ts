import { expect, test } from '@jest/globals';
import {
  EVENTS,
  type EventType,
  type FeedConfig,
  MEDIA_TYPES,
  OverreadError,
  ReportVersion,
  TOPICS,
} from '../../../contracts/index.js';
import { createNormaliser } from '../../../services/ingest/normaliser/index.js';
import {
  type ConsumerOptions,
  createLogger,
  createMetrics,
  deterministicId,
  type EventBus,
  type IncomingEvent,
  type OutgoingEvent,
} from '../../../services/platform/index.js';
import { feed, HASH_KEY, oru, RECEIVED, tx } from './support.js';

/** The handler and what it published, without a broker: what a bus does with both has its own tests. */
function normaliser(feeds: readonly FeedConfig[]) {
  const published: OutgoingEvent[] = [];
  const consumers: ConsumerOptions[] = [];
  const lines: string[] = [];
  const unused = () => Promise.reject(new Error('not used by the normaliser'));
  const bus: EventBus = {
    engine: 'sql',
    start: unused,
    stop: unused,
    health: () => ({ ready: true, detail: '' }),
    publish: async (events) => void published.push(...events),
    append: unused,
    consume(options) {
      consumers.push(options);
      return { start: async () => {}, stop: async () => {}, health: () => ({ ready: true, detail: 'idle' }) };
    },
    // biome-ignore lint/correctness/useYield: nothing to scan
    async *scan() {
      throw new Error('not used by the normaliser');
    },
    lag: unused,
  };
  const metrics = createMetrics();
  const logger = createLogger({ level: 'info' }, { write: (line) => void lines.push(line) });
  const service = createNormaliser({ bus, feeds, hashKey: HASH_KEY, metrics, logger });
  const [consumer] = consumers;
  if (consumer === undefined) throw new Error('nothing is consumed');
  return { service, consumer, published, metrics, lines };
}

function received(
  text: string,
  attributes: Record<string, string> = {},
  type: EventType = 'overread.message.received',
): IncomingEvent {
  const data = Buffer.from(text);
  return {
    type,
    topic: EVENTS[type].topic,
    key: 'ris',
    id: deterministicId('msg', data),
    data,
    contentType: MEDIA_TYPES.hl7,
    attributes: { feed: 'ris', transport: 'mllp', listener: 'ris', receivedat: RECEIVED, ...attributes },
    time: new Date(RECEIVED),
    position: '1',
  };
}

const RIS = feed({ match: { sendingApplication: 'RIS' }, sourceKind: 'radiologist' });
const FINAL = oru({ lines: tx('F', 'Clear lungs of Jo Doe.') });

test('reports go to their topic, keyed by site, to the same ids each time', async () => {
  const { consumer, published } = normaliser([RIS]);
  expect(consumer).toMatchObject({ group: 'normaliser', topics: [TOPICS.hl7] });
  const event = received(FINAL, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
  await consumer.handle([event]);
  await consumer.handle([event]);
  const [first, again] = published;
  expect(first).toMatchObject({
    type: 'overread.report.received',
    key: 'north',
    attributes: { quiet: '0', traceparent: event.attributes.traceparent },
  });
  expect(again).toEqual(first);
  const version = ReportVersion.parse(JSON.parse(first?.data.toString() ?? ''));
  expect(version).toMatchObject({ messageId: event.id, times: { received: RECEIVED } });
});

test('a replay is quiet and told apart, other rules make another event of the same version', async () => {
  const { consumer, published } = normaliser([RIS]);
  await consumer.handle([received(FINAL), received(FINAL, { quiet: '1' })]);
  const changed = normaliser([{ ...RIS, timezone: 'Europe/London' }]);
  await changed.consumer.handle([received(FINAL)]);
  const all = [...published, ...changed.published];
  expect(all.map((e) => e.attributes?.quiet)).toEqual(['0', '1', '0']);
  expect(new Set(all.map((e) => e.id)).size).toBe(3);
  expect(new Set(all.map((e) => JSON.parse(e.data.toString()).id)).size).toBe(1);
});

test('a message nobody can use stops its batch, is then refused alone, and is counted once', async () => {
  const { consumer, published, metrics, lines } = normaliser([RIS]);
  const good = received(FINAL);
  const bad = received(oru({ obr: { 25: 'Q' }, lines: tx('F', 'Clear lungs of Jo Doe.') }));
  const stranger = received(oru({ msh: { 2: 'STRANGER' } }));
  await expect(consumer.handle([good, bad, stranger])).rejects.toMatchObject({ code: 'OVR_STATUS_UNKNOWN' });
  expect(published).toEqual([]);
  await consumer.handle([good]);
  await expect(consumer.handle([bad])).rejects.toMatchObject({ code: 'OVR_STATUS_UNKNOWN', retry: false });
  await expect(consumer.handle([stranger])).rejects.toMatchObject({
    code: 'OVR_FEED_UNMATCHED',
    retry: false,
  });
  await consumer.handle([received('MSH|^~\\&|RIS|NORTH|||20260201||ADT^A01|9|P|2.5')]);
  const { body } = await metrics.page();
  expect(body).toContain('overread_messages_normalised_total{feed="ris",outcome="report"} 1');
  expect(body).toContain('overread_messages_normalised_total{feed="ris",outcome="ignored_message_type"} 1');
  expect(body).toContain('overread_messages_unusable_total{feed="ris",code="OVR_STATUS_UNKNOWN"} 1');
  expect(body).toContain('overread_messages_quarantined_total{transport="mllp"} 1');
  expect(body).toContain('overread_report_versions_total{feed="ris",role="final",source="radiologist"} 1');
  expect(lines.map((line) => JSON.parse(line).code)).toEqual(['OVR_STATUS_UNKNOWN', 'OVR_FEED_UNMATCHED']);
  expect(lines.join()).not.toMatch(/DOE|Clear|ACC100|4711/);
});

test('an event without what the gateway adds is malformed', async () => {
  const { consumer } = normaliser([RIS]);
  const broken = received(FINAL, { transport: 'pigeon' });
  await expect(consumer.handle([broken])).rejects.toThrow(OverreadError);
  await expect(consumer.handle([broken])).rejects.toMatchObject({ code: 'OVR_EVENT_MALFORMED' });
});
