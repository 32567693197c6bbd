import { expect, test } from '@jest/globals';
import { compareNormalisation } from '../../../services/ingest/normaliser/index.js';
import { bytes, feed, oru, run, tx } from './support.js';

const MESSAGE = bytes(oru({ obr: { 25: 'P' }, lines: tx('P', 'Clear lungs.', 'Signed by: Sam Roe') }));
const under = (overrides: Record<string, unknown>) => run(MESSAGE, [feed(overrides)]);

test('the same rules change nothing', () => {
  expect(compareNormalisation(under({}), under({}))).toEqual([]);
});

test('every place that changes is named with both values, the text by its length only', () => {
  const changes = compareNormalisation(
    under({}),
    under({
      sourceKind: 'ai',
      generator: { name: 'Drafter', version: '1' },
      text: { dropLines: ['^Signed'] },
    }),
  );
  expect(changes).toEqual(
    expect.arrayContaining([
      { path: 'events.0.role', before: '"preliminary"', after: '"draft"' },
      { path: 'events.0.source.kind', before: '"unknown"', after: '"ai"' },
      { path: 'events.0.source.generator', before: 'null', after: '' },
      { path: 'events.0.source.generator.name', before: '', after: '"Drafter"' },
      { path: 'events.0.text.characters', before: '31', after: '12' },
    ]),
  );
  expect(JSON.stringify(changes)).not.toContain('Clear');
});

test('a message that is taken in from now on, or no more', () => {
  const refused = under({ statusMap: { P: 'ignore' } });
  expect(compareNormalisation(under({}), refused)).toContainEqual({
    path: 'ignored',
    before: '',
    after: 'status',
  });
  const quarantined = under({ match: { sendingApplication: 'OTHER' } });
  expect(compareNormalisation(quarantined, under({}))).toEqual(
    expect.arrayContaining([
      { path: 'outcome', before: 'quarantined', after: 'accepted' },
      { path: 'code', before: 'OVR_FEED_UNMATCHED', after: '' },
    ]),
  );
});
