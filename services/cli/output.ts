import { once } from 'node:events';
import { errorCode } from '../platform/index.js';

/** A reader that has seen enough (`| head`) closes the pipe: that is an end, not a fault. */
export function endOnClosedPipe(): void {
  process.stdout.on('error', (error) => {
    if (errorCode(error) === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

/** One JSON line on standard output; waits where the reader is slower. */
export async function writeLine(value: object): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await once(process.stdout, 'drain');
}
