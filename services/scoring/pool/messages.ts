import type { MetricInfo, MetricInput, MetricResult } from '../../../contracts/index.js';

/** What a worker tells: first `ready`, then one `done` or `failed` for each job. */
export type FromWorker =
  | { readonly type: 'ready'; readonly info: MetricInfo }
  | { readonly type: 'done'; readonly job: number; readonly result: MetricResult }
  | { readonly type: 'failed'; readonly job: number; readonly name: string };

export type ToWorker = { readonly job: number; readonly input: MetricInput };
