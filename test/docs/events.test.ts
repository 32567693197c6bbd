import { describe, expect, test } from '@jest/globals';
import { Config, EVENTS, TOPIC_FLOW } from '../../contracts/index.js';
import { code, page, rows, sections } from './support/markdown.js';

const chapters = sections(page('docs/events.md'), 2);
const table = (chapter: string) => rows(chapters.get(chapter) ?? '');

describe('docs/events.md', () => {
  test('names every topic with its key, its writers and its readers', () => {
    const expected = Object.entries(TOPIC_FLOW).map(([topic, { key, writers, readers }]) => [
      topic,
      key,
      writers.join(', '),
      readers.join(', ') || 'subscribers',
    ]);
    const documented = table('Topics').map(([topic = '', ...others]) => [
      code(topic).join(),
      ...others.slice(0, 3),
    ]);
    expect(documented).toEqual(expected);
  });

  test('names every event type with its topic', () => {
    const expected = Object.entries(EVENTS).map(([type, { topic }]) => [type, topic]);
    const documented = table('Types').map(([type = '', topic = '']) => [
      code(type).join(),
      code(topic).join(),
    ]);
    expect(documented).toEqual(expected);
  });

  test('calls private what AsyncAPI calls private', () => {
    const named = /\(([^)]*dead-letters)\)/.exec(page('contracts/generated/asyncapi.json'))?.[1]?.split(', ');
    const documented = table('Topics')
      .filter(([, , , , secret = '']) => secret.startsWith('yes'))
      .map(([topic = '']) =>
        code(topic)
          .join()
          .replace(/^overread\.(.*)\.v1$/, '$1'),
      );
    expect(documented).toEqual(named);
  });

  test('tells the retention the configuration has by default', () => {
    const { bus, gateway, retentionDays } = Config.parse({});
    const chapter = chapters.get('Retention') ?? '';
    expect(chapter).toContain(`\`bus.retentionDays\` (${bus.retentionDays})`);
    expect(chapter).toContain(`\`gateway.spool.keepHours\` (${gateway.spool.keepHours})`);
    expect(chapter).toContain(`\`retentionDays\` (${retentionDays})`);
  });
});
