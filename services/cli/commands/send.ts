import { Command } from 'commander';
import { positiveInteger } from '../arguments.js';
import { readInput } from '../input.js';
import { connectMllp } from '../mllp/client.js';
import { splitMessages } from '../mllp/split.js';

type SendOptions = { readonly host: string; readonly port: number; readonly timeout: number };

export function sendCommand(): Command {
  return new Command('send')
    .description('send HL7 files over MLLP and show what is answered')
    .argument('<files...>', 'HL7 v2 messages, one or several a file, framed or plain')
    .option('--host <name>', 'receiver', '127.0.0.1')
    .option('--port <number>', 'MLLP port of the receiver', positiveInteger, 2575)
    .option('--timeout <seconds>', 'how long to wait for each answer', positiveInteger, 30)
    .addHelpText('after', '\nExample:\n  overread send --port 2575 draft.hl7 final.hl7')
    .action(send);
}

/** Exit code 1 when any message is answered otherwise than AA or CA. */
async function send(files: readonly string[], options: SendOptions): Promise<void> {
  const inputs = files.map((path) => ({ path, messages: splitMessages(readInput(path)) }));
  const client = await connectMllp({ ...options, timeoutMs: options.timeout * 1000 });
  try {
    for (const { path, messages } of inputs) {
      for (const [index, message] of messages.entries()) {
        const before = performance.now();
        const { code, text } = await client.send(message);
        const place = messages.length === 1 ? path : `${path} (${index + 1} of ${messages.length})`;
        const took = `${(performance.now() - before).toFixed(1)} ms`;
        process.stdout.write(
          `${code}  ${place}  ${message.length} bytes  ${took}${text === '' ? '' : `  ${text}`}\n`,
        );
        if (code !== 'AA' && code !== 'CA') process.exitCode = 1;
      }
    }
  } finally {
    await client.close();
  }
}
