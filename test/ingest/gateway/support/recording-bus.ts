import type { EventBus, OutgoingEvent } from '../../../../services/platform/index.js';

export type RecordingBus = Pick<EventBus, 'publish'> & {
  readonly published: OutgoingEvent[];
  /** Every publish fails with this from now on; null: works again. */
  fail(error: Error | null): void;
};

/** A bus that remembers what was published, and fails on demand. */
export function createRecordingBus(): RecordingBus {
  const published: OutgoingEvent[] = [];
  let failure: Error | null = null;
  return {
    published,
    fail(error) {
      failure = error;
    },
    async publish(events) {
      if (failure !== null) throw failure;
      published.push(...events);
    },
  };
}
