import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../services/platform/index.js';

const program = join(packageRoot(), 'dist/services/cli/index.js');

export type Run = {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Standard output as bytes. */
  readonly bytes: Buffer;
};

export type RunOptions = {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

/** Runs the built command as a person would, without what this machine's environment says of Overread. */
export function overread(
  args: readonly string[],
  { stdin = '', env = {}, cwd }: RunOptions = {},
): Promise<Run> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('OVERREAD_'));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...Object.fromEntries(own), NODE_OPTIONS: '', ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('close', (code) => {
      const bytes = Buffer.concat(out);
      resolve({ code, out: bytes.toString(), err: Buffer.concat(err).toString(), bytes });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

/** The JSON lines of a run. */
export const jsonLines = ({ out }: Run): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
