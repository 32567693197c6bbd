import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { describe, expect, test } from '@jest/globals';
import { generatedFiles } from '../../contracts/generate/index.js';
import { API, ERRORS, EVENTS, TOPIC_FLOW, TOPICS } from '../../contracts/index.js';
import { packageRoot } from '../../services/platform/index.js';

const folder = join(packageRoot(), 'contracts/generated');
const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
  version: string;
};
const files = generatedFiles(version);

describe('the committed contract files', () => {
  test.each([...files.keys()])('%s is what the schemas generate (npm run generate)', (name) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(files.get(name));
  });

  test('hold nothing that is no longer generated', () => {
    const committed = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    expect(committed.sort()).toEqual([...files.keys()].sort());
  });

  test('the AsyncAPI document is valid', async () => {
    const { diagnostics } = await new Parser().parse(files.get('asyncapi.json') ?? '');
    expect(diagnostics.filter((d) => d.severity === 0)).toEqual([]);
  });
});

test('every topic has an event and every event a topic with a flow', () => {
  const used = new Set(Object.values(EVENTS).map((event) => event.topic));
  expect([...used].sort()).toEqual(Object.values(TOPICS).sort());
  expect(Object.keys(TOPIC_FLOW).sort()).toEqual(Object.values(TOPICS).sort());
});

describe('the OpenAPI document', () => {
  const document = JSON.parse(files.get('openapi.json') ?? '') as {
    openapi: string;
    paths: Record<
      string,
      Record<string, { operationId: string; parameters: { name: string; in: string }[] }>
    >;
    components: { schemas: Record<string, unknown> };
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );

  test('has every operation of the API table once', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map((operation) => operation.operationId).sort()).toEqual(Object.keys(API).sort());
  });

  test('names every parameter of a path', () => {
    for (const { path, parameters } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((p) => p.in === 'path').map((p) => p.name)).toEqual(named);
    }
  });

  test('refers only to schemas it holds', () => {
    const references = [...(files.get('openapi.json') ?? '').matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  test('names only codes there are', () => {
    const codes = [...(files.get('openapi.json') ?? '').matchAll(/OVR_[A-Z0-9_]+/g)].map((match) => match[0]);
    expect(codes.filter((code) => !(code in ERRORS))).toEqual([]);
  });
});
