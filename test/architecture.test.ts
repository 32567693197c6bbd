import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sources, topFolders } from './docs/support/sources.js';

/** Rooms a room may import, beside the contracts; only through their index. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  ledger: ['platform'],
  ingest: ['platform'],
  pairing: ['platform', 'ledger'],
  scoring: ['platform'],
  alerting: ['platform', 'ledger'],
  review: ['platform', 'ledger'],
  cli: ['platform', 'ledger', 'ingest', 'pairing', 'scoring', 'alerting', 'review', 'main.js'],
  'main.ts': ['platform', 'ledger', 'ingest', 'pairing', 'scoring', 'alerting', 'review'],
};

type Import = { readonly from: string; readonly to: string };

/** Every import of a file: a path of the checkout for its own files, else the name of a package. */
function importsOf(folder: string): Import[] {
  return sources(folder).flatMap(({ path, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
    const targets = [...code.matchAll(/(?:^|[^\w.])(?:from|import)\s*\(?\s*'([^'\n]+)'/g)].map(
      (m) => m[1] ?? '',
    );
    return targets.map((target) => ({
      from: path,
      to: target.startsWith('.') ? normalize(join(dirname(path), target)) : target,
    }));
  });
}

const told = ({ from, to }: Import) => `${from} imports ${to}`;
const roomOf = (path: string) => path.split('/')[1] ?? '';
const imports = importsOf('services');
const own = imports.filter(({ to }) => to.startsWith('services/') || to.startsWith('contracts/'));
const across = own.filter(({ from, to }) => to.startsWith('services/') && roomOf(from) !== roomOf(to));

describe('the rooms', () => {
  test('are those the table names', () => {
    expect([...new Set(sources('services').map(({ path }) => roomOf(path)))].sort()).toEqual(
      Object.keys(MAY_IMPORT).sort(),
    );
    expect(across.length).toBeGreaterThan(100);
  });

  test('import the rooms they may and no other', () => {
    const forbidden = across.filter(({ from, to }) => !MAY_IMPORT[roomOf(from)]?.includes(roomOf(to)));
    expect(forbidden.map(told)).toEqual([]);
  });

  test('import another room through its index alone', () => {
    const deep = across.filter(
      ({ to }) => to !== `services/${roomOf(to)}/index.js` && to !== 'services/main.js',
    );
    expect(deep.map(told)).toEqual([]);
  });

  test('import the contracts through their index, and the contracts import zod alone', () => {
    const deep = own.filter(({ to }) => to.startsWith('contracts/') && to !== 'contracts/index.js');
    expect(deep.map(told)).toEqual([]);
    const foreign = importsOf('contracts').filter(
      ({ from, to }) =>
        !to.startsWith('contracts/') && to !== 'zod' && !from.startsWith('contracts/generate/'),
    );
    expect(foreign.map(told)).toEqual([]);
  });

  test('the metric is pure: contracts, zod and a hash', () => {
    const folder = 'services/scoring/metric/';
    const allowed = ['contracts/index.js', 'zod', 'node:crypto'];
    const foreign = imports.filter(
      ({ from, to }) => from.startsWith(folder) && !to.startsWith(folder) && !allowed.includes(to),
    );
    expect(foreign.map(told)).toEqual([]);
  });

  test('only the ledger and the bus speak SQL about reports', () => {
    const statement =
      /\b(insert into|delete from|select [\s\S]{1,200} from|update \w+ set)\s+(study|report_version|pair|score|alert|audit)\b/i;
    const outside = sources('services').filter(
      ({ path, text }) => !path.startsWith('services/ledger/') && statement.test(text),
    );
    expect(outside.map(({ path }) => path)).toEqual([]);
  });
});

describe('every file', () => {
  const code = ['services', 'contracts', 'test'].flatMap((folder) => sources(folder));
  const others = topFolders().flatMap((folder) =>
    sources(folder, /\.(md|yaml|yml|json|svg|sql|css|js|sh|service|ts|xml)$|Dockerfile$/),
  );

  test('names no path of a machine it was written on', () => {
    const machine = /(?<![\w.])\/(work|root|home|Users)\/\w/;
    const found = others.filter(
      ({ path, text }) => path !== 'test/architecture.test.ts' && machine.test(text),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('names no host of a package registry', () => {
    const registry = /registry\.npmjs|registry\.yarnpkg|repo1?\.maven\.|pypi\.org|files\.pythonhosted/;
    const found = others.filter(
      ({ path, text }) => path !== 'test/architecture.test.ts' && registry.test(text),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('is typed: no `any`, no switched-off check', () => {
    const loose = /(?::|<|\bas|,|\|)\s*any\b(?!\w)|@ts-ignore|@ts-nocheck|@ts-expect-error/;
    const found = code.flatMap(({ path, text }) =>
      text
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/'[^'\n]*'/g, "''")
        .split('\n')
        .filter((line) => path !== 'test/architecture.test.ts' && !/^\s*\/\//.test(line) && loose.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  test('exports by name', () => {
    const found = code.filter(({ text }) => /^export (default|\{[^}]*\bas default\b)/m.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});
