import { parentPort, workerData } from 'node:worker_threads';
import { ScoringConfig } from '../../../contracts/index.js';
import { loadMetric } from '../load-metric.js';
import type { FromWorker, ToWorker } from './messages.js';

const port = parentPort;
if (port === null) throw new Error('worker.js runs in a worker thread');
const tell = (message: FromWorker) => port.postMessage(message);

const metric = loadMetric(ScoringConfig.parse(workerData));
port.on('message', ({ job, input }: ToWorker) => {
  try {
    tell({ type: 'done', job, result: metric.score(input) });
  } catch (error) {
    // A message can quote the text it stumbled on, so the kind of the error alone leaves the worker.
    tell({ type: 'failed', job, name: error instanceof Error ? error.name : typeof error });
  }
});
tell({ type: 'ready', info: metric.info });
