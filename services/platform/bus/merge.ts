import type { IncomingEvent } from './types.js';

/** Several partitions as one stream, oldest first; within a partition the order stays as it is. */
export async function* mergeByTime(
  partitions: readonly AsyncIterable<IncomingEvent>[],
): AsyncGenerator<IncomingEvent> {
  const iterators = partitions.map((partition) => partition[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let oldest = -1;
      let event: IncomingEvent | undefined;
      for (const [index, head] of heads.entries()) {
        if (head.done === true || (event !== undefined && head.value.time >= event.time)) continue;
        oldest = index;
        event = head.value;
      }
      const source = iterators[oldest];
      if (event === undefined || source === undefined) return;
      yield event;
      heads[oldest] = await source.next();
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}
