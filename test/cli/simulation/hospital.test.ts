import { describe, expect, test } from '@jest/globals';
import { createHospital, HOSPITAL_DEFAULTS } from '../../../services/cli/simulation/hospital.js';
import type { SimulatedMessage } from '../../../services/cli/simulation/messages.js';
import { bytes, feed, run, versionsOf } from '../../ingest/normaliser/support.js';

const START = new Date('2026-03-01T06:00:00Z');
const RARE = {
  preliminaryRate: 0.5,
  addendumRate: 0.5,
  correctionRate: 0.5,
  withdrawalRate: 0.5,
  resendRate: 0.5,
  outOfOrderRate: 0.3,
};

function studies(count: number, overrides: object = {}): (readonly SimulatedMessage[])[] {
  const hospital = createHospital({ ...HOSPITAL_DEFAULTS, seed: 7, start: START, ...overrides });
  return Array.from({ length: count }, () => hospital.study());
}

describe('a simulated hospital', () => {
  test('is the same bytes for the same seed, and others for another', () => {
    expect(studies(50)).toEqual(studies(50));
    expect(studies(5, { seed: 8 })).not.toEqual(studies(5));
  });

  test('has a draft and a final in every study, each study with identifiers of its own', () => {
    const all = studies(100);
    for (const study of all) {
      const kinds = study.map(({ what }) => what);
      expect(kinds).toEqual(expect.arrayContaining(['draft', 'final']));
      expect(new Set(study.map(({ accession }) => accession)).size).toBe(1);
    }
    expect(new Set(all.map(([message]) => message?.accession)).size).toBe(100);
  });

  test('does everything a feed does when the shares say so', () => {
    const kinds = new Set(studies(50, RARE).flatMap((study) => study.map(({ what }) => what)));
    expect([...kinds].sort()).toEqual(
      ['draft', 'preliminary', 'final', 'addendum', 'correction', 'withdrawal', 'resend'].sort(),
    );
  });

  test('sends finals before drafts only where asked to', () => {
    const finalFirst = (study: readonly SimulatedMessage[]) =>
      study.findIndex((m) => m.what === 'final') < study.findIndex((m) => m.what === 'draft');
    expect(studies(100, { outOfOrderRate: 0 }).filter(finalFirst)).toEqual([]);
    expect(studies(20, { outOfOrderRate: 1, resendRate: 0 }).filter(finalFirst)).toHaveLength(20);
  });

  test('an unedited study has one text, a significant one has two', () => {
    const texts = (study: readonly SimulatedMessage[]) => {
      const find = (what: SimulatedMessage['what']) => study.find((m) => m.what === what)?.hl7 ?? '';
      return [find('draft'), find('final')].map((hl7) => [...hl7.matchAll(/\|TX\|[^|]*\|\|([^|]*)/g)].join());
    };
    for (const study of studies(30, { significantRate: 0, uneditedRate: 1, outOfOrderRate: 0 })) {
      const [draft, final] = texts(study);
      expect(draft).toBe(final);
    }
    for (const study of studies(30, { significantRate: 1, outOfOrderRate: 0 })) {
      const [draft, final] = texts(study);
      expect(draft).not.toBe(final);
    }
  });

  test('writes messages the normaliser reads as what they are', () => {
    const feeds = [
      feed({ name: 'drafts', match: { sendingApplication: 'SIM-DRAFTER' }, sourceKind: 'ai' }),
      feed({ name: 'ris', match: { sendingApplication: 'SIM-RIS' }, sourceKind: 'radiologist' }),
    ];
    const roles = { draft: 'draft', preliminary: 'preliminary', final: 'final', withdrawal: 'withdrawn' };
    for (const { what, hl7, accession } of studies(30, RARE).flat()) {
      const [version] = versionsOf(run(bytes(hl7), feeds));
      if (what in roles) expect(version?.role).toBe(roles[what as keyof typeof roles]);
      expect(version?.aliases).toContainEqual({ kind: 'accession', site: 'north', value: accession });
    }
  });
});
