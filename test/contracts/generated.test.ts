import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { describe, expect, test } from '@jest/globals';
import { generatedFiles } from '../../contracts/generate/index.js';
import { EVENTS, TOPIC_FLOW, TOPICS } from '../../contracts/index.js';
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
