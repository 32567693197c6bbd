import { appendFile, cp, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SpoolConfig } from '../../../../contracts/index.js';
import {
  createDisk,
  type Disk,
  openSpool,
  type Spool,
} from '../../../../services/ingest/gateway/spool/index.js';
import { type Clock, systemClock } from '../../../../services/platform/index.js';
import { temporaryFolder } from '../../../support/temporary.js';
import { record } from '../support/records.js';

const LIMITS = { records: 100, bytes: 1_000_000 };
const opened: Spool[] = [];
afterEach(() => Promise.all(opened.splice(0).map((spool) => spool.close().catch(() => {}))));

type Options = {
  folder: string;
  config?: object;
  disk?: Disk;
  clock?: Clock;
  remember?: (text: string) => void;
};

async function spoolIn({ folder, config = {}, disk = createDisk(), clock = systemClock, remember }: Options) {
  const spool = await openSpool({
    folder,
    config: SpoolConfig.parse(config),
    clock,
    disk,
    report: () => {},
    ...(remember === undefined ? {} : { remember: ({ raw }) => remember(raw.toString()) }),
  });
  opened.push(spool);
  return spool;
}

/** The files as a crash of their process now would leave them. */
async function crashed(folder: string): Promise<string> {
  const left = await temporaryFolder();
  await cp(folder, left, { recursive: true });
  await writeFile(join(left, 'lock'), '999999999');
  return left;
}

async function drained(spool: Spool, limits = LIMITS): Promise<string[]> {
  const texts: string[] = [];
  while (spool.figures().depth > 0) {
    const records = await spool.next(limits, AbortSignal.timeout(2000));
    if (records.length === 0) throw new Error('nothing came');
    texts.push(...records.map(({ raw }) => raw.toString()));
    spool.advance();
  }
  return texts;
}

const texts = (count: number, prefix = 'm') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const appendAll = (spool: Spool, all: readonly string[]) =>
  Promise.all(all.map((text) => spool.append(record(text))));
const segmentsOf = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith('.seg')).sort();

describe('the spool', () => {
  test('gives back what was appended, in order, over many segments', async () => {
    const folder = await temporaryFolder();
    const spool = await spoolIn({ folder, config: { segmentBytes: 65_536 } });
    const long = texts(60).map((text) => text.padEnd(5000, '.'));
    for (const text of long) await spool.append(record(text));
    expect((await segmentsOf(folder)).length).toBeGreaterThan(3);
    expect(await drained(spool, { records: 7, bytes: 20_000 })).toEqual(long);
    expect(spool.figures()).toMatchObject({ depth: 0, oldestAt: null });
  });

  test('lets waiting writers share a sync, and answers none before it', async () => {
    let syncs = 0;
    let answered = 0;
    const disk: Disk = {
      ...createDisk(),
      async sync(file) {
        syncs += 1;
        expect(answered).toBe(syncs === 1 ? 0 : 1);
        await createDisk().sync(file);
      },
    };
    const spool = await spoolIn({ folder: await temporaryFolder(), disk });
    const first = spool.append(record('first')).then(() => {
      answered += 1;
    });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, appendAll(spool, texts(100))]);
    expect(syncs).toBe(2);
  });

  test('waits a little for writers it has just answered, so that they do not sync in turns', async () => {
    let syncs = 0;
    const disk: Disk = {
      ...createDisk(),
      async sync(file) {
        syncs += 1;
        await systemClock.sleep(100);
        await createDisk().sync(file);
      },
    };
    const config = { maxBatchWaitMs: 50 };
    const spool = await spoolIn({ folder: await temporaryFolder(), disk, config });
    const writer = async (name: string, startAfter: number) => {
      await systemClock.sleep(startAfter);
      for (const text of texts(5, name)) {
        await spool.append(record(text));
        await systemClock.sleep(1);
      }
    };
    await Promise.all(texts(8).map((name, i) => writer(name, i < 4 ? 0 : 50)));
    // In turns it would be 10: five for the writers that began, five for those that came during the first sync.
    expect(syncs).toBeLessThanOrEqual(7);
  });

  test('a lone writer waits for nobody', async () => {
    const config = { maxBatchWaitMs: 50 };
    const spool = await spoolIn({
      folder: await temporaryFolder(),
      config,
      disk: { ...createDisk(), sync: async () => {} },
    });
    const started = performance.now();
    for (const text of texts(40)) await spool.append(record(text));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('gives the same batch again until it is done with', async () => {
    const spool = await spoolIn({ folder: await temporaryFolder() });
    await appendAll(spool, ['a', 'b']);
    const limits = { records: 1, bytes: 1000 };
    const signal = AbortSignal.timeout(2000);
    const next = async () => (await spool.next(limits, signal)).map(({ raw }) => raw.toString());
    expect([await next(), await next()]).toEqual([['a'], ['a']]);
    spool.advance();
    expect(await next()).toEqual(['b']);
  });

  test('waits for a record, and stops waiting when asked to', async () => {
    const spool = await spoolIn({ folder: await temporaryFolder() });
    const stop = new AbortController();
    const waiting = spool.next(LIMITS, stop.signal);
    await spool.append(record('late'));
    expect((await waiting).map(({ raw }) => raw.toString())).toEqual(['late']);
    spool.advance();
    const nothing = spool.next(LIMITS, stop.signal);
    stop.abort();
    expect(await nothing).toEqual([]);
  });

  test('hands on a record larger than a batch by itself', async () => {
    const spool = await spoolIn({ folder: await temporaryFolder() });
    const big = 'x'.repeat(3_000_000);
    await appendAll(spool, ['a', big, 'b']);
    expect(await drained(spool, { records: 100, bytes: 1000 })).toEqual(['a', big, 'b']);
  });

  test('goes on at its cursor after an orderly end', async () => {
    const folder = await temporaryFolder();
    const first = await spoolIn({ folder });
    await appendAll(first, ['a', 'b', 'c']);
    await first.next({ records: 2, bytes: 1000 }, AbortSignal.timeout(2000));
    first.advance();
    await first.close();
    const remembered: string[] = [];
    const second = await spoolIn({ folder, remember: (text) => remembered.push(text) });
    await second.append(record('d'));
    expect(second.figures().depth).toBe(2);
    expect(await drained(second)).toEqual(['c', 'd']);
    expect(remembered).toEqual(['a', 'b', 'c']);
  });

  test('drains again what it keeps after an unclean end', async () => {
    const folder = await temporaryFolder();
    const first = await spoolIn({ folder });
    await appendAll(first, ['a', 'b']);
    expect(await drained(first)).toEqual(['a', 'b']);
    const left = await crashed(folder);
    const second = await spoolIn({ folder: left });
    expect(await drained(second)).toEqual(['a', 'b']);
    await second.close();
    const third = await spoolIn({ folder: left });
    expect(third.figures().depth).toBe(0);
  });

  test('drops drained segments after keepHours, and no others', async () => {
    const folder = await temporaryFolder();
    let now = Date.now();
    const clock: Clock = { ...systemClock, now: () => new Date(now) };
    const config = { segmentBytes: 65_536, keepHours: 1 };
    const spool = await spoolIn({ folder, config, clock });
    for (const text of texts(40)) await spool.append(record(text.padEnd(5000, '.')));
    const all = (await segmentsOf(folder)).length;
    now += 2 * 3_600_000;
    await spool.sweep();
    expect(await segmentsOf(folder)).toHaveLength(all);
    await drained(spool);
    now -= 3_600_000;
    await spool.sweep();
    expect(await segmentsOf(folder)).toHaveLength(all);
    now += 3_600_001;
    await spool.sweep();
    expect(await segmentsOf(folder)).toHaveLength(1);
  });

  test('belongs to one process', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), String(process.ppid));
    await expect(spoolIn({ folder })).rejects.toMatchObject({ code: 'OVR_SPOOL_LOCKED' });
    await writeFile(join(folder, 'lock'), '999999999');
    await spoolIn({ folder });
  });
});

describe('a damaged spool', () => {
  const damage = async (folder: string, edit: (path: string, size: number) => Promise<void>) => {
    const [first = ''] = await segmentsOf(folder);
    const path = join(folder, first);
    await edit(path, (await stat(path)).size);
  };

  test('with a torn last record loses nothing that was acknowledged, and keeps the torn bytes apart', async () => {
    const folder = await temporaryFolder();
    const first = await spoolIn({ folder });
    await appendAll(first, ['a', 'b', 'torn']);
    const left = await crashed(folder);
    await damage(left, async (path, size) => {
      const handle = await open(path, 'r+');
      await handle.truncate(size - 2);
      await handle.close();
    });
    const second = await spoolIn({ folder: left });
    await second.append(record('c'));
    expect(await drained(second)).toEqual(['a', 'b', 'c']);
    const [torn = ''] = await readdir(join(left, 'torn'));
    expect((await readFile(join(left, 'torn', torn))).toString('latin1')).toContain('to');
  });

  test('with rubbish behind the last record or a changed byte in the middle goes on with the next whole one', async () => {
    const folder = await temporaryFolder();
    const first = await spoolIn({ folder });
    for (const text of ['a', 'MIDDLE', 'c']) await first.append(record(text));
    const left = await crashed(folder);
    await damage(left, async (path) => {
      const bytes = await readFile(path);
      bytes.write('X', bytes.lastIndexOf('MIDDLE'));
      await writeFile(path, bytes);
      await appendFile(path, 'OVR1 rubbish');
    });
    const second = await spoolIn({ folder: left });
    expect(await drained(second)).toEqual(['a', 'c']);
    expect(await readdir(join(left, 'torn'))).toHaveLength(2);
  });
});

describe('without room', () => {
  /** A disk that refuses writes with a system error while it is set; what it wrote of it stays in the file. */
  const failingDisk = () => {
    const state = { code: '', on: 'write' as 'write' | 'sync' };
    const fail = () => Object.assign(new Error(state.code), { code: state.code });
    const disk: Disk = {
      ...createDisk(),
      async write(file, bytes, position) {
        if (state.code !== '' && state.on === 'write') {
          await createDisk().write(file, bytes.subarray(0, 10), position);
          throw fail();
        }
        await createDisk().write(file, bytes, position);
      },
      async sync(file) {
        if (state.code !== '' && state.on === 'sync') throw fail();
        await createDisk().sync(file);
      },
    };
    return { state, disk };
  };

  test.each([
    ['ENOSPC', 'write', 'OVR_SPOOL_NO_SPACE'],
    ['EDQUOT', 'write', 'OVR_SPOOL_NO_SPACE'],
    ['EIO', 'write', 'OVR_SPOOL_WRITE_FAILED'],
    ['EIO', 'sync', 'OVR_SPOOL_WRITE_FAILED'],
  ] as const)(
    'on the disk (%s at %s) it refuses with %s, and goes on by itself',
    async (code, on, expected) => {
      const folder = await temporaryFolder();
      const { state, disk } = failingDisk();
      const spool = await spoolIn({ folder, disk });
      await spool.append(record('before'));
      Object.assign(state, { code, on });
      for (const text of texts(3, 'refused')) {
        await expect(spool.append(record(text))).rejects.toMatchObject({ code: expected });
      }
      expect(spool.figures().failure).toBe(expected);
      state.code = '';
      await spool.append(record('after'));
      expect(spool.figures()).toMatchObject({ failure: '', depth: 2 });
      expect(await drained(spool)).toEqual(['before', 'after']);
      expect((await segmentsOf(folder)).length).toBeLessThanOrEqual(2);
    },
  );

  test('on the disk it gives up drained segments first', async () => {
    const folder = await temporaryFolder();
    const { state, disk } = failingDisk();
    const spool = await spoolIn({ folder, disk, config: { segmentBytes: 65_536 } });
    for (const text of texts(40)) await spool.append(record(text.padEnd(5000, '.')));
    await drained(spool);
    const [oldest] = await segmentsOf(folder);
    let refusals = 1;
    const write = disk.write;
    Object.assign(disk, {
      write: (...args: Parameters<Disk['write']>) => {
        refusals -= 1;
        state.code = refusals >= 0 ? 'ENOSPC' : '';
        return write(...args);
      },
    });
    await spool.append(record('new'));
    expect(await segmentsOf(folder)).not.toContain(oldest);
    expect(await drained(spool)).toEqual(['new']);
  });

  test('under maxBytes it drops drained segments, then refuses, and takes again after draining', async () => {
    const folder = await temporaryFolder();
    const spool = await spoolIn({ folder, config: { segmentBytes: 65_536, maxBytes: 1_048_576 } });
    const fill = async () => {
      let stored = 0;
      for (; stored < 1000; stored += 1) {
        try {
          await spool.append(record(`${stored}`.padEnd(5000, '.')));
        } catch (error) {
          expect(error).toMatchObject({ code: 'OVR_SPOOL_FULL' });
          break;
        }
      }
      return stored;
    };
    expect(await fill()).toBeGreaterThan(180);
    expect(spool.figures().bytes).toBeLessThanOrEqual(1_048_576);
    await drained(spool);
    expect(await fill()).toBeGreaterThan(150);
  });
});
