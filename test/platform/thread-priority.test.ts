import { readlinkSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';

const linux = process.platform === 'linux' ? test : test.skip;

linux(
  'a thread that yields to intake falls behind, and the other threads of the process do not',
  async () => {
    const file = new URL('../../services/platform/thread-priority.js', import.meta.url).href;
    const worker = new Worker(
      `import { parentPort } from 'node:worker_threads';
     import { readlinkSync } from 'node:fs';
     import { getPriority } from 'node:os';
     import { yieldToIntake } from ${JSON.stringify(file)};
     const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
     parentPort.postMessage({ before: getPriority(thread), done: yieldToIntake(), after: getPriority(thread) });`,
      { eval: true, execArgv: ['--input-type=module'] },
    );
    const said = await new Promise<{ before: number; done: boolean; after: number }>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(said.done).toBe(true);
    expect(said.after).toBe(10);
    expect(getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)))).toBe(said.before);
  },
);
