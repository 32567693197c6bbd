import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, threadId } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../../../services/scoring/pool/messages.js';

/** A worker whose draft says what it shall do: hang, die, fail, or answer with its thread in `divergence`. */
const port = parentPort;
if (port === null) throw new Error('runs in a worker thread');
const tell = (message: FromWorker) => port.postMessage(message);

port.on('message', async ({ job, input }: ToWorker) => {
  if (input.draft === 'hang') for (;;);
  if (input.draft === 'die') process.exit(1);
  if (input.draft === 'fail') return tell({ type: 'failed', job, name: 'TypeError' });
  if (input.draft === 'slow') await sleep(50);
  const result = {
    state: 'scored' as const,
    significant: false,
    significance: 'none' as const,
    probability: 0,
    divergence: 1 / threadId,
    alertable: false,
    discrepancies: [],
  };
  tell({ type: 'done', job, result });
});
tell({ type: 'ready', info: { name: 'odd', version: '1', fingerprint: 'odd' } });
