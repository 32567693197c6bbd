import { type FeedConfig, TOPICS } from '../../../contracts/index.js';
import {
  deterministicId,
  type EventBus,
  type IncomingEvent,
  jsonEvent,
  type Logger,
  type Metrics,
  type OutgoingEvent,
  type Service,
} from '../../platform/index.js';
import { normaliserMetrics } from './metrics.js';
import { normalise, normaliserRules } from './normalise.js';
import { rawMessageOf } from './raw-message.js';
import type { NormalisedEvent, NormaliseResult } from './result.js';

/** Messages read and published at once: fewer round trips to the bus, and still a small step to take again. */
const BATCH = 32;

export type NormaliserDeps = {
  readonly bus: EventBus;
  readonly feeds: readonly FeedConfig[];
  /** Key of the pseudonyms, `Secrets.hashKey`. */
  readonly hashKey: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
};

type Handled = {
  readonly result: NormaliseResult;
  readonly transport: string;
  readonly outgoing: OutgoingEvent[];
};

/** The id tells a redelivery and a replay apart from the same message read under other rules. */
function outgoing(event: NormalisedEvent, from: IncomingEvent, quiet: string): OutgoingEvent {
  const revision = event.type === 'overread.report.received' ? event.data.normaliser : '';
  const id = deterministicId('normalised', from.id, event.data.id, revision, quiet);
  const { traceparent } = from.attributes;
  const attributes = { quiet, ...(traceparent === undefined ? {} : { traceparent }) };
  const { site } = event.data;
  switch (event.type) {
    case 'overread.report.received':
      return jsonEvent(event.type, site, id, event.data, attributes);
    case 'overread.patient.merged':
      return jsonEvent(event.type, site, id, event.data, attributes);
    case 'overread.identifier.corrected':
      return jsonEvent(event.type, site, id, event.data, attributes);
  }
}

/**
 * Reads raw messages from the topic hl7 and publishes what they say on the topic reports, keyed by site. Without a
 * database: a message is done when its events are published, and read again otherwise, to the same ids. What cannot be
 * used is thrown with its code, and the bus keeps the original as a dead letter.
 */
export function createNormaliser({ bus, feeds, hashKey, metrics, logger }: NormaliserDeps): Service {
  const rules = normaliserRules(feeds);
  const counters = normaliserMetrics(metrics);

  const handleOne = (event: IncomingEvent): Handled => {
    const raw = rawMessageOf(event);
    const { attributes } = raw;
    const result = normalise(raw, rules, { hashKey });
    const events = result.kind === 'accepted' ? result.events : [];
    return {
      result,
      transport: attributes.transport,
      outgoing: events.map((e) => outgoing(e, event, attributes.quiet)),
    };
  };

  /** Counted when done for good: a batch that throws is handled again one by one. */
  const handle = async (events: readonly IncomingEvent[]): Promise<void> => {
    const handled = events.map(handleOne);
    const failed = handled.map(({ result }) => result).find(isUnusable);
    if (failed !== undefined && events.length > 1) throw failed.error;
    const out = handled.flatMap((h) => h.outgoing);
    if (out.length > 0) await bus.publish(out);
    for (const { result, transport } of handled) counters.count(result, transport);
    if (failed === undefined) return;
    const { code, detail } = failed.error;
    logger.warn({ code, detail, messageId: events[0]?.id }, 'message not usable');
    throw failed.error;
  };

  const consumer = bus.consume({ group: 'normaliser', topics: [TOPICS.hl7], handle, batchSize: BATCH });
  return {
    name: 'normaliser',
    start: () => consumer.start(),
    stop: () => consumer.stop(),
    health: () => consumer.health(),
  };
}

type Unusable = Exclude<NormaliseResult, { kind: 'accepted' }>;
const isUnusable = (result: NormaliseResult): result is Unusable => result.kind !== 'accepted';
