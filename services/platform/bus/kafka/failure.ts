import { OverreadError } from '../../../../contracts/index.js';

/** Kafka's own names of errors that the same bytes will meet again. */
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

function* chain(error: unknown): Generator<{ name: string; type: string }> {
  for (let depth = 0; typeof error === 'object' && error !== null && depth < 8; depth += 1) {
    yield {
      name: 'name' in error ? String(error.name) : '',
      type: 'type' in error ? String(error.type) : '',
    };
    error = 'cause' in error ? error.cause : undefined;
  }
}

/** A kafkajs error in our words: OVR_EVENT_TOO_LARGE for good, else OVR_BUS_UNAVAILABLE, which is waited out. */
export function asOverread(error: unknown): OverreadError {
  if (error instanceof OverreadError) return error;
  const links = [...chain(error)];
  const tooLarge = links.some(({ type }) => TOO_LARGE.has(type));
  const detail = links.findLast(({ type, name }) => type !== '' || name !== '');
  return new OverreadError(
    tooLarge ? 'OVR_EVENT_TOO_LARGE' : 'OVR_BUS_UNAVAILABLE',
    detail?.type || detail?.name || '',
    { cause: error },
  );
}
