import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** Reason why the mock broker of kcat cannot run here, or null. On CI a missing kcat is a failure. */
export function kcatMissing(): string | null {
  if (spawnSync('kcat', ['-V']).status === 0) return null;
  if (process.env.CI === 'true') throw new Error('kcat must be installed on CI (Debian package kcat)');
  return 'kcat is not installed';
}

/** A broker without persistence inside librdkafka; it ends when its standard input does. */
export async function startMockBroker(): Promise<{ brokers: string[]; stop(): void }> {
  const child: ChildProcess = spawn(
    'kcat',
    ['-P', '-X', 'test.mock.num.brokers=1', '-d', 'mock', '-b', 'x', '-t', 'seed'],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let log = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const found = /bootstrap\.servers=(\S+:\d+)/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error('kcat ended')));
  });
  return { brokers: [address], stop: () => child.stdin?.end() };
}
