import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Config } from '../../contracts/index.js';
import { checkConfig } from '../../services/platform/index.js';
import { code, page, rows, sections } from './support/markdown.js';
import { type Setting, settingsOfSchema } from './support/settings.js';
import { sources } from './support/sources.js';

const markdown = page('docs/configuration.md');
const documented = rows(sections(markdown, 2).get('All settings') ?? '').map(
  ([path = '', value = '', meaning = '']) => ({ path: code(path).join(), value, meaning }),
);

/** What the column "default" says of a setting; a default is written as in the YAML file. */
function said(cell: string): Setting {
  if (cell === 'required') return { kind: 'required' };
  if (cell === '–') return { kind: 'optional' };
  return { kind: 'default', value: parse(code(cell).join()) };
}

describe('docs/configuration.md', () => {
  const schema = settingsOfSchema();

  test('has every setting of the schema once, and no other', () => {
    expect(documented.map(({ path }) => path).sort()).toEqual([...schema.keys()].sort());
  });

  test.each(documented.map(({ path, value }) => [path, value] as const))(
    '%s has the default that is documented: %s',
    (path, value) => {
      const rules =
        path === 'alerting.rules' ? { kind: 'default', value: Config.parse({}).alerting.rules } : null;
      const expected = rules ?? schema.get(path);
      const written = said(value);
      const full =
        rules !== null && written.kind === 'default'
          ? { ...written, value: Config.parse({ alerting: { rules: written.value } }).alerting.rules }
          : written;
      expect(full).toEqual(expected);
    },
  );

  test('says of each what it means', () => {
    expect(documented.filter(({ meaning }) => meaning.length < 5)).toEqual([]);
  });

  test('names every environment variable the service reads', () => {
    const text = sources('services')
      .map((source) => source.text)
      .join('\n');
    const read = new Set([...text.matchAll(/\b(OVERREAD_[A-Z_]+)\b/g)].map((match) => match[1] ?? ''));
    for (const name of read) expect(markdown).toContain(`\`${name}\``);
  });
});

describe('the examples', () => {
  test('docs/example.yaml has no problems and uses every chapter', () => {
    const example = page('docs/example.yaml');
    expect(checkConfig(example)).toMatchObject({ ok: true });
    const chapters = Object.keys(Config.parse({}));
    expect(Object.keys(parse(example)).sort()).toEqual(chapters.sort());
  });

  test('deploy: every configuration file has no problems', () => {
    for (const { text } of sources('deploy', /overread\.yaml$/)) {
      expect(checkConfig(text)).toMatchObject({ ok: true });
    }
  });

  const yaml = (path: string) =>
    [...page(path).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => [path, match[1] ?? ''] as const);

  test.each([...yaml('README.md'), ...yaml('docs/configuration.md')])(
    'a configuration shown in %s has no problems',
    (_path, text) => {
      expect(checkConfig(text)).toMatchObject({ ok: true });
    },
  );
});
