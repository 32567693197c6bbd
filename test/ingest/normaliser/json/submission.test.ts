import { describe, expect, test } from '@jest/globals';
import { MEDIA_TYPES } from '../../../../contracts/index.js';
import { feed, onlyVersion, run, sectionTexts } from '../support.js';

const BODY = {
  site: 'north',
  generator: { name: 'Drafter', version: '2.1' },
  accession: 'ACC100',
  text: 'FINDINGS: Clear. No effusion.\nIMPRESSION: Normal.',
};
const read = (body: unknown, overrides = {}) =>
  run(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), [feed(overrides)], {
    mediaType: `${MEDIA_TYPES.json}; charset=utf-8`,
    attributes: { transport: 'http', listener: 'reports' },
  });
const version = (more: Record<string, unknown> = {}, overrides = {}) =>
  onlyVersion(read({ ...BODY, ...more }, overrides));

describe('reports by HTTP', () => {
  test('a draft with its generator and sections by heading', () => {
    const draft = version({
      time: '2026-02-01T11:00:00+01:00',
      exam: { modality: 'ct' },
      context: { age: 40 },
    });
    expect(draft).toMatchObject({
      role: 'draft',
      source: { kind: 'ai', generator: { name: 'Drafter', version: '2.1' } },
      aliases: [{ kind: 'accession', site: 'north', value: 'ACC100' }],
      exam: { modality: 'CT', code: null, description: null },
      context: { age: 40, sex: null, indication: null },
      times: { source: '2026-02-01T10:00:00.000Z', clockFrom: 'source' },
      text: BODY.text,
    });
    expect(sectionTexts(draft)).toEqual([
      'findings: FINDINGS: Clear. No effusion.',
      'impression: IMPRESSION: Normal.',
    ]);
  });

  test('sections given alone are the text, sections given with it are found in it', () => {
    const sections = [
      { name: 'findings', text: 'Clear.' },
      { name: 'impression', text: 'Normal.' },
    ];
    expect(sectionTexts(version({ text: '', sections }))).toEqual([
      'findings: Clear.',
      'impression: Normal.',
    ]);
    expect(version({ text: '', sections }).text).toBe('Clear.\n\nNormal.');
    expect(sectionTexts(version({ sections }))).toEqual(['findings: Clear.', 'impression: Normal.']);
    const elsewhere = version({ sections: [{ name: 'findings', text: 'Opaque.' }] });
    expect(elsewhere.flags).toEqual(['sections_not_in_text']);
    expect(elsewhere.sections).toHaveLength(2);
  });

  test.each([
    ['preliminary', 'preliminary', 'resident', 'whole'],
    ['final', 'final', 'radiologist', 'whole'],
    ['addendum', 'addendum', 'radiologist', 'part'],
    ['corrected', 'corrected', 'radiologist', 'whole'],
  ])('%s is by a person', (role, expected, kind, scope) => {
    expect(version({ role })).toMatchObject({ role: expected, source: { kind, generator: null }, scope });
  });

  test('a withdrawal needs no text', () => {
    expect(version({ role: 'withdrawn', text: '' })).toMatchObject({
      role: 'withdrawn',
      text: null,
      sections: [],
    });
  });

  test('what a feed says of its author wins over the role', () => {
    expect(version({ role: 'final' }, { sourceKind: 'ai' }).role).toBe('draft');
  });

  test.each([
    ['not JSON', '{'],
    ['unknown fields', { ...BODY, patientName: 'made up' }],
    ['no identifier', { ...BODY, accession: undefined }],
  ])('%s is refused without quoting it', (_, body) => {
    const result = read(body);
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'OVR_SUBMISSION_UNREADABLE' } });
    expect(JSON.stringify(result)).not.toContain('made up');
  });

  test('an accession the feed does not take for one is refused', () => {
    expect(read({ ...BODY, accession: 'see note' })).toMatchObject({
      error: { code: 'OVR_IDENTIFIER_MISSING' },
    });
  });
});
