import { readFileSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHospital, HOSPITAL_DEFAULTS } from '../../services/cli/simulation/hospital.js';
import { transmit } from '../../services/cli/simulation/transmit.js';
import { packageRoot, systemClock } from '../../services/platform/index.js';
import { sources } from '../docs/support/sources.js';
import { eventually } from '../support/eventually.js';
import { type OverreadProcess, startOverreadProcess } from '../support/overread-process.js';
import { temporaryFolder } from '../support/temporary.js';

const root = packageRoot();
const dockerfile = readFileSync(join(root, 'deploy/image/Dockerfile'), 'utf8');
const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

/** Path in the image to path in the checkout, where a build has happened. */
const copies = [...last.matchAll(/^COPY (?:--from=build )?(.+) (\S+)$/gm)].flatMap((match) => {
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  return from.split(' ').map((path) => {
    const source = path.replace('/build/', '');
    return { source, target: to.endsWith('/') ? join(to, source) : to };
  });
});

describe('the image', () => {
  let service: OverreadProcess;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    const program = join(folder, 'opt/overread');
    for (const { source, target } of copies) {
      await mkdir(dirname(join(program, target)), { recursive: true });
      if (source === 'node_modules') await symlink(join(root, source), join(program, target));
      else await cp(join(root, source), join(program, target), { recursive: true });
    }
    service = await startOverreadProcess({ folder, config: {}, program });
  }, 60_000);
  afterAll(() => service.stop());

  test('serves from the files it is given and no other: a report becomes an alert on a page with its style', async () => {
    const start = systemClock.now();
    const hospital = createHospital({ ...HOSPITAL_DEFAULTS, seed: 1, significantRate: 1, start });
    const messages = Array.from({ length: 5 }, () => hospital.study()).flat();
    const target = { host: '127.0.0.1', port: service.ports.mllp, timeoutMs: 10_000 };
    await transmit(messages.values(), { target, connections: 1, rate: null, clock: systemClock });
    const pages = `http://127.0.0.1:${service.ports.pages}`;
    const page = await eventually(async () => {
      const text = await (await fetch(`${pages}/`)).text();
      expect(text).toContain('/cases/pair_');
      return text;
    }, 20_000);
    const style = /href="([^"]+\.css[^"]*)"/.exec(page)?.[1] ?? '';
    expect((await fetch(`${pages}${style}`)).status).toBe(200);
  }, 40_000);
});

test('what runs needs no package that is only there to build and test', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const building = (path: string) => path.startsWith('contracts/generate/');
  const files = ['contracts', 'services']
    .flatMap((folder) => sources(folder))
    .filter(({ path }) => !building(path));
  const names = files.flatMap(({ text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
    const targets = [...code.matchAll(/(?:^|[^\w.])(?:from|import)\s*\(?\s*'([@a-z][\w@/.:-]*)'/g)];
    return targets.map((match) => match[1] ?? '').filter((name) => !isBuiltin(name));
  });
  const packages = new Set(
    names.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  );
  expect(packages.size).toBeGreaterThan(10);
  expect([...packages].filter((name) => !(name in dependencies))).toEqual([]);
});
