import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDatabase, createLogger, type Database, migrate } from '../../../services/platform/index.js';
import { type PostgresServer, postgresMissing, startPostgres } from '../../support/postgres.js';
import { temporaryFolder } from '../../support/temporary.js';

const logger = createLogger({ level: 'error' });
const missing = postgresMissing();
if (missing !== null) console.warn(`skipped on postgres: ${missing}`);
const engines = missing === null ? (['pglite', 'postgres'] as const) : (['pglite'] as const);

describe.each(engines)('the database adapter on %s', (engine) => {
  let database: Database;
  let server: PostgresServer | undefined;

  beforeAll(async () => {
    if (engine === 'postgres') server = await startPostgres();
    const url = (await server?.createDatabase()) ?? '';
    const config = engine === 'postgres' ? { engine, url, poolSize: 4 } : { engine };
    database = await createDatabase({
      config,
      dataDir: await temporaryFolder(),
      password: undefined,
      logger,
    });
    await database.exec(
      'create table thing (id bigint primary key, body jsonb, bytes bytea, at timestamptz)',
    );
  }, 60_000);

  afterAll(async () => {
    await database.close();
    await server?.stop();
  });

  test('gives back int8 as number, jsonb as value, bytea as bytes', async () => {
    await database.query('insert into thing values ($1, $2::jsonb, $3, $4)', [
      9_007_199_254_740_991,
      JSON.stringify({ a: ['ü', 1] }),
      Buffer.from([0, 0x92, 255]),
      new Date('2026-01-02T03:04:05.678Z'),
    ]);
    const { rows } = await database.query<{ id: number; body: unknown; bytes: Uint8Array; at: Date }>(
      'select * from thing',
    );
    expect(rows[0]?.id).toBe(9_007_199_254_740_991);
    expect(rows[0]?.body).toEqual({ a: ['ü', 1] });
    expect(Buffer.from(rows[0]?.bytes ?? [])).toEqual(Buffer.from([0, 0x92, 255]));
    expect(rows[0]?.at.toISOString()).toBe('2026-01-02T03:04:05.678Z');
  });

  test('does not compile statements', async () => {
    const { rows } = await database.query(
      "select current_setting('jit')::bool and pg_jit_available() as does",
    );
    expect(rows).toEqual([{ does: false }]);
  });

  test('refuses an int8 that a number cannot hold', async () => {
    await expect(database.query("select '9007199254740993'::bigint as n")).rejects.toThrow('safe integer');
  });

  test('rolls everything back when the work throws', async () => {
    const work = database.tx(async (tx) => {
      await tx.query("insert into thing values (1, '{}', null, null)");
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect((await database.query('select 1 from thing where id = 1')).rowCount).toBe(0);
  });

  test('tells of a commit afterwards, and never of a rollback', async () => {
    const told: string[] = [];
    await database.tx(async (tx) => {
      tx.afterCommit(() => told.push('committed'));
      await tx.query('select 1');
      expect(told).toEqual([]);
    });
    const failed = database.tx(async (tx) => {
      tx.afterCommit(() => told.push('rolled back'));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(told).toEqual(['committed']);
  });

  test('says how many rows a statement touched', async () => {
    await database.query("insert into thing values (2, '{}', null, null), (3, '{}', null, null)");
    expect((await database.query('update thing set at = now() where id in (2, 3)')).rowCount).toBe(2);
    const again = await database.query(
      "insert into thing values (2, '{}', null, null) on conflict do nothing",
    );
    expect(again.rowCount).toBe(0);
  });

  test('applies each migration once, also when two start together', async () => {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, '001.do.first.sql'),
      'create table first (id int); create table other (id int);',
    );
    const both = await Promise.all([migrate(database, folder), migrate(database, folder)]);
    expect(both.flat()).toEqual(['001.do.first.sql']);
    await writeFile(join(folder, '002.do.second.sql'), 'create table second (id int);');
    expect(await migrate(database, folder)).toEqual(['002.do.second.sql']);
  });
});

test('the outer handle inside a transaction is refused on pglite instead of waiting for ever', async () => {
  const database = await createDatabase({
    config: { engine: 'pglite' },
    dataDir: await temporaryFolder(),
    password: undefined,
    logger,
  });
  await expect(database.tx(() => database.query('select 1'))).rejects.toThrow('transaction handle');
  await database.close();
});

test('a folder that another opener holds is refused with a code', async () => {
  const dataDir = await temporaryFolder();
  const open = () => createDatabase({ config: { engine: 'pglite' }, dataDir, password: undefined, logger });
  const first = await open();
  await expect(open()).rejects.toMatchObject({ code: 'OVR_DATABASE_LOCKED' });
  await first.close();
  const second = await open();
  await second.close();
});
