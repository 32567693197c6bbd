import { DeadLetterAttributes, TOPICS } from '../../contracts/index.js';
import { type DeadLetter, storeDeadLetter } from '../ledger/index.js';
import type { Consumer, IncomingEvent } from '../platform/index.js';
import type { ReviewDeps } from './deps.js';

const OWN_ATTRIBUTES = new Set(Object.keys(DeadLetterAttributes.shape));
const PREFIX = 'original';

/** The original's own attributes travel beside the letter's with a prefix. */
function originalAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const carried = Object.entries(attributes).filter(
    ([name]) => name.startsWith(PREFIX) && !OWN_ATTRIBUTES.has(name),
  );
  return Object.fromEntries(carried.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

/** Total: a letter that is itself malformed is kept with a code that says so, because there is nowhere to send it on. */
export function deadLetterOf(event: IncomingEvent): DeadLetter {
  const parsed = DeadLetterAttributes.safeParse(event.attributes);
  const stored = {
    id: event.id,
    originalContentType: event.contentType,
    originalData: event.data,
    at: event.time,
  };
  if (!parsed.success) {
    return {
      ...stored,
      code: 'OVR_EVENT_MALFORMED',
      stage: 'dead-letter desk',
      detail: parsed.error.issues.map((issue) => issue.path.join('.')).join(', '),
      attempts: 1,
      originalTopic: event.topic,
      originalType: event.type,
      originalId: event.id,
      originalKey: event.key,
      originalAttributes: event.attributes,
    };
  }
  const letter = parsed.data;
  return {
    ...stored,
    code: letter.code,
    stage: letter.stage,
    detail: letter.detail,
    attempts: Number(letter.attempts),
    originalTopic: letter.originaltopic,
    originalType: letter.originaltype,
    originalId: letter.originalid,
    originalKey: letter.originalkey,
    originalAttributes: originalAttributes(event.attributes),
  };
}

/** Reads the dead letters of every stage into the ledger, where people see and retry them. */
export function createDesk({
  bus,
  database,
  metrics,
  logger,
}: Pick<ReviewDeps, 'bus' | 'database' | 'metrics' | 'logger'>): Consumer {
  const stored = metrics.counter({
    name: 'overread_dead_letters_stored_total',
    help: 'Dead letters written to the ledger.',
    labels: ['stage', 'code'],
  });
  return bus.consume({
    group: 'dead-letter-desk',
    topics: [TOPICS.deadLetters],
    async handle(events) {
      for (const event of events) {
        const letter = deadLetterOf(event);
        if (!(await storeDeadLetter(database, letter))) continue;
        stored.inc({ stage: letter.stage, code: letter.code });
        logger.warn({ stage: letter.stage, code: letter.code, id: letter.id }, 'dead letter');
      }
    },
  });
}
