import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from '../../../../services/ingest/gateway/thread/messages.js';

/** Stands in for the gateway's thread: starts, and dies of the first submission. */
const tell = (message: FromThread) => parentPort?.postMessage(message);
parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'accept') throw new Error('dies');
  tell({ kind: 'stopped' });
  parentPort?.close();
});
tell({ kind: 'started', ports: { main: 1 } });
