import { Command } from 'commander';
import { ERRORS, type ErrorCode, MEDIA_TYPES } from '../../../contracts/index.js';
import { type Part, partsOf } from '../../ingest/index.js';
import { positiveInteger } from '../arguments.js';
import { readInput } from '../input.js';
import { connectMllp } from '../mllp/client.js';

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

type Outgoing = { readonly place: string; readonly raw: Buffer; readonly refused: ErrorCode | null };

function outgoing(path: string): Outgoing[] {
  const parts = partsOf(readInput(path), Number.POSITIVE_INFINITY);
  return parts.map((part, index) => ({
    place: parts.length === 1 ? path : `${path} (${index + 1} of ${parts.length})`,
    raw: part.raw,
    refused: refusal(part),
  }));
}

/** MLLP carries HL7 v2 messages; what is none is not sent. */
function refusal(part: Part): ErrorCode | null {
  if (part.kind === 'refused') return part.code;
  return part.contentType === MEDIA_TYPES.hl7 ? null : 'OVR_FILE_UNKNOWN';
}

/** Exit code 1 when any message is answered otherwise than AA or CA, or was none. */
async function send(files: readonly string[], options: SendOptions): Promise<void> {
  const messages = files.flatMap(outgoing);
  const client = await connectMllp({ ...options, timeoutMs: options.timeout * 1000 });
  try {
    for (const { place, raw, refused } of messages) {
      if (refused !== null) {
        process.stdout.write(`--  ${place}  not sent: ${refused}, ${ERRORS[refused].what}\n`);
        process.exitCode = 1;
        continue;
      }
      const before = performance.now();
      const { code, text } = await client.send(raw);
      const took = `${(performance.now() - before).toFixed(1)} ms`;
      process.stdout.write(
        `${code}  ${place}  ${raw.length} bytes  ${took}${text === '' ? '' : `  ${text}`}\n`,
      );
      if (code !== 'AA' && code !== 'CA') process.exitCode = 1;
    }
  } finally {
    await client.close();
  }
}
