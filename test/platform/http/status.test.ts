import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { API, ERRORS } from '../../../contracts/index.js';
import { HTTP_STATUS } from '../../../services/platform/http/status.js';
import { packageRoot } from '../../../services/platform/index.js';

const decided = Object.keys(HTTP_STATUS);

/** Thrown while the process starts, before anybody can ask. */
const AT_START = new Set(['OVR_CONFIG_INVALID', 'OVR_UNSAFE_BINDING', 'OVR_PORT_IN_USE']);

/** Codes that the sources of a folder throw. */
function thrownIn(folder: string): string[] {
  const root = join(packageRoot(), 'services', folder);
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return sources.flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/new OverreadError\(\s*'(OVR_\w+)'/g)].map(
      ([, code]) => code ?? '',
    ),
  );
}

test.each(Object.entries(API))('every code %s can answer has a status of its own', (_, { errors }) => {
  expect(errors.filter((code) => !decided.includes(code))).toEqual([]);
});

test.each(['platform/http', 'review', 'ingest/gateway/http'])(
  'every code thrown in %s has a status of its own',
  (folder) => {
    const codes = thrownIn(folder).filter((code) => !AT_START.has(code));
    expect(codes.length).toBeGreaterThan(0);
    expect([...new Set(codes)].filter((code) => !decided.includes(code))).toEqual([]);
  },
);

describe('a status', () => {
  test('is of a code there is', () => {
    expect(decided.filter((code) => !(code in ERRORS))).toEqual([]);
  });

  test('asks to come again only where a later try may succeed', () => {
    const again = Object.entries(HTTP_STATUS).filter(([, status]) => status === 503 || status === 507);
    const retried = Object.entries(ERRORS)
      .filter(([, { retry }]) => retry)
      .map(([code]) => code);
    expect(again.filter(([code]) => !retried.includes(code))).toEqual([]);
  });
});
