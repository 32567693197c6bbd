import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PairingConfig, ReportVersion } from '../../contracts/index.js';
import { readPair } from '../../services/ledger/index.js';
import { announceOrphans } from '../../services/pairing/orphans.js';
import type { Database } from '../../services/platform/index.js';
import { emptyStudies, engines, type Ledger, startLedger } from '../support/engines.js';
import {
  correctionEvent,
  mergeEvent,
  type PairingUnderTest,
  reportEvent,
  startPairing,
} from '../support/pairing.js';
import { accession, minute, reportVersion, studyUid } from '../support/report-versions.js';

const HOUR_MS = 3_600_000;
const DAY = 24 * 60;

describe.each(engines)('pairing on %s', (engine) => {
  let ledger: Ledger;
  let database: Database;
  let pairing: PairingUnderTest;

  beforeAll(async () => {
    ledger = await startLedger(engine);
    database = ledger.database;
  }, 60_000);
  afterAll(() => ledger.close());

  async function fresh(config: Partial<PairingConfig> = {}) {
    await emptyStudies(database);
    pairing = await startPairing(database, config);
    await pairing.bus.clear();
  }
  beforeEach(() => fresh());

  /** One message after the other. */
  async function receive(...versions: readonly ReportVersion[]) {
    for (const version of versions) await pairing.receive(reportEvent(version));
  }
  const activePairs = async () =>
    (
      await database.query<{ id: string; study_id: string; draft_version: string; truth_versions: string[] }>(
        "select id, study_id, draft_version, truth_versions from pair where status = 'active' order by id",
      )
    ).rows;
  const states = async () => (await pairing.states()).map((s) => s.state);

  const draft = reportVersion('draft', 'Clear lungs.', { written: 10 });
  const final = reportVersion('final', 'Small pneumothorax.', { written: 60 });

  test('a draft and its final become one pair with both texts, its age counted from the later message', async () => {
    await receive(draft, final);
    const [pair] = await pairing.ready();
    expect(pair).toMatchObject({
      generator: draft.source.generator,
      site: 'north',
      draft: { versions: [draft.id], role: 'draft', text: 'Clear lungs.', at: minute(10) },
      final: { versions: [final.id], role: 'final', text: 'Small pneumothorax.', at: minute(60) },
      unedited: false,
      processing: 'P',
      completedAt: minute(60),
      quiet: false,
      flags: ['clock_source'],
    });
    expect(await states()).toEqual(['waiting_for_final', 'active']);
    expect(await readPair(database, pair?.id ?? '')).toEqual(pair);
    expect((await pairing.bus.appended()).every((event) => event.key === pair?.studyId)).toBe(true);
  });

  test('both in one batch pair at once and wait for nothing', async () => {
    await pairing.receive(reportEvent(final), reportEvent(draft));
    expect(await states()).toEqual(['active']);
  });

  test('the same events again, one by one or together, change and publish nothing', async () => {
    await receive(draft, final);
    const before = await pairing.bus.appended();
    await receive(final, draft);
    await pairing.receive(reportEvent(draft), reportEvent(final), reportEvent(draft));
    expect(await pairing.bus.appended()).toEqual(before);
    expect((await database.query('select 1 from version_occurrence')).rowCount).toBe(2);
  });

  test('a failure between state and events leaves neither, and the next attempt writes both', async () => {
    await receive(draft);
    const append = pairing.bus.append;
    pairing.bus.append = async () => {
      throw new Error('the bus is away');
    };
    await expect(receive(final)).rejects.toThrow('the bus is away');
    expect(await activePairs()).toEqual([]);
    expect((await database.query('select 1 from report_version')).rowCount).toBe(1);
    pairing.bus.append = append;
    await receive(final);
    expect(await pairing.ready()).toHaveLength(1);
  });

  test('an addendum supersedes the pair with the final and the addendum, sections kept', async () => {
    const findings = [{ name: 'findings', start: 0, end: 19 }] as const;
    const whole = reportVersion('final', 'Small pneumothorax.', { written: 60, sections: [...findings] });
    const addendum = reportVersion('addendum', 'Tube placed.', { written: 90 });
    await receive(draft, whole, addendum);
    const [first, second] = await pairing.ready();
    expect(second?.final).toMatchObject({
      versions: [whole.id, addendum.id],
      text: 'Small pneumothorax.\n\nTube placed.',
      sections: [...findings, { name: 'addendum', start: 21, end: 33 }],
      at: minute(90),
    });
    expect((await pairing.states()).slice(2)).toEqual([
      expect.objectContaining({
        state: 'superseded',
        pairId: first?.id,
        supersededBy: second?.id,
        reason: 'new_truth',
      }),
      expect.objectContaining({ state: 'active', pairId: second?.id }),
    ]);
    expect(await readPair(database, second?.id ?? '')).toEqual(second);
  });

  test('each generator has its own pair, made of its newest draft before signing', async () => {
    const other = reportVersion('draft', 'Normal.', {
      written: 20,
      source: { generator: { name: 'Otherdraft', version: '7' } },
    });
    const newer = reportVersion('draft', 'Clear. No effusion.', { written: 30 });
    const tooLate = reportVersion('draft', 'Pneumothorax!', { written: 61 });
    await receive(draft, final, other, tooLate, newer);
    const active = await activePairs();
    expect(active.map((p) => p.draft_version).sort()).toEqual([other.id, newer.id].sort());
    const late = (await pairing.ready()).find((p) => p.draft.versions[0] === newer.id);
    expect(late?.flags).toEqual(['clock_source']);
  });

  test('a late draft is paired by the clock of its source and says so; without one by when it came', async () => {
    await receive(final, reportVersion('draft', 'Clear lungs.', { written: 10, received: 300 }));
    expect((await pairing.ready())[0]?.flags).toEqual(['clock_source', 'late_draft']);
    await fresh();
    await receive(reportVersion('draft', 'Clear.', { written: null, received: 5 }), final);
    expect((await pairing.ready())[0]?.flags).toEqual(['clock_received']);
    await fresh();
    await receive(final, reportVersion('draft', 'Clear.', { written: null, received: 300 }));
    expect(await pairing.ready()).toEqual([]);
  });

  test('a status-only final promotes the stored draft: unedited', async () => {
    const status = reportVersion('final', null, { written: 60, source: { kind: 'unknown' } });
    await receive(status, draft);
    const [pair] = await pairing.ready();
    expect(pair).toMatchObject({
      unedited: true,
      final: { versions: [draft.id, status.id], text: 'Clear lungs.' },
    });
    expect(pair?.flags).toContain('promoted');
  });

  test('a status-only final prefers what a human wrote, and a final with text replaces the promotion', async () => {
    const preliminary = reportVersion('preliminary', 'Wet read: clear.', { written: 5 });
    const status = reportVersion('final', null, { written: 60 });
    await receive(draft, preliminary, status);
    expect((await pairing.ready())[0]).toMatchObject({
      unedited: false,
      final: { text: 'Wet read: clear.' },
    });
    await receive(reportVersion('final', 'Typed after all.', { written: 62 }));
    expect((await pairing.ready()).at(-1)?.final.text).toBe('Typed after all.');
    expect(await activePairs()).toHaveLength(1);
  });

  test('the same words in other lines are an unedited sign-off', async () => {
    await receive(draft, reportVersion('final', ' Clear\r\n  lungs.', { written: 60 }));
    expect((await pairing.ready())[0]?.unedited).toBe(true);
    expect((await pairing.metrics.page()).body).toContain(
      'overread_unedited_total{generator="Quickdraft",version="1.0",modality="CR"} 1',
    );
  });

  test('a withdrawal takes the pair away and opens nothing earlier; a later final makes a new pair', async () => {
    const correction = reportVersion('corrected', 'Large pneumothorax.', { written: 70 });
    await receive(draft, final, correction, reportVersion('withdrawn', null, { written: 80 }));
    expect(await activePairs()).toEqual([]);
    expect((await pairing.states()).at(-1)).toMatchObject({ state: 'withdrawn', reason: 'report_withdrawn' });
    await receive(reportVersion('final', 'Right patient now.', { written: 100 }));
    expect(await activePairs()).toHaveLength(1);
  });

  test('the same final said again after its withdrawal comes back, with the same pair id', async () => {
    const again = reportVersion('final', 'Small pneumothorax.', { written: 90 });
    expect(again.id).toBe(final.id);
    await receive(draft, final);
    const [pair] = await activePairs();
    await receive(reportVersion('withdrawn', null, { written: 80 }));
    expect(await activePairs()).toEqual([]);
    await receive(again);
    expect(await activePairs()).toEqual([pair]);
    const ids = (await pairing.bus.appended()).map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await pairing.ready()).toHaveLength(2);
  });

  test('preliminaries are scored only where the site wants it', async () => {
    const preliminary = reportVersion('preliminary', 'Wet read.', { written: 20 });
    await receive(draft, preliminary);
    expect(await pairing.ready()).toEqual([]);
    await fresh({ scorePreliminaries: true });
    await receive(draft, preliminary);
    expect((await pairing.ready())[0]?.flags).toContain('preliminary_truth');
    await receive(final);
    expect((await activePairs()).map((p) => p.truth_versions)).toEqual([[final.id]]);
  });

  test('one final for two accessions pairs with the draft of each, in two studies', async () => {
    const both = reportVersion('final', 'Chest and abdomen.', {
      written: 60,
      aliases: [accession('A1'), accession('A2')],
    });
    const second = reportVersion('draft', 'Abdomen normal.', { written: 12, aliases: [accession('A2')] });
    await receive(draft, both, second);
    const active = await activePairs();
    expect(active.map((p) => p.draft_version).sort()).toEqual([draft.id, second.id].sort());
    expect(new Set(active.map((p) => p.study_id)).size).toBe(2);
  });

  test('two studies become one when a message names both, and what waited in one meets the other', async () => {
    const byUid = reportVersion('draft', 'Clear lungs.', {
      written: 10,
      aliases: [studyUid('1.2.3')],
      patients: [],
    });
    await receive(byUid, final);
    expect((await database.query('select 1 from study')).rowCount).toBe(2);
    const link = reportVersion('preliminary', 'Wet.', {
      written: 20,
      aliases: [accession('A1'), studyUid('1.2.3')],
    });
    await receive(link);
    expect(await activePairs()).toHaveLength(1);
    expect((await database.query('select 1 from study where merged_into is not null')).rowCount).toBe(1);
    expect((await database.query('select 1 from study_wait')).rowCount).toBe(0);
  });

  test('one accession of two patients is two studies, flagged; a merge of the patients makes them one', async () => {
    const one = reportVersion('draft', 'Clear lungs.', { written: 10, patients: ['p1'] });
    const other = reportVersion('final', 'Small pneumothorax.', { written: 60, patients: ['p2'] });
    const own = reportVersion('final', 'Normal.', { written: 50, patients: ['p1'] });
    await receive(one, other);
    expect(await activePairs()).toEqual([]);
    await pairing.receive(mergeEvent('p1', 'p2', minute(70)));
    expect(await activePairs()).toHaveLength(1);
    await fresh();
    await receive(one, other, own);
    expect((await pairing.ready()).at(-1)).toMatchObject({ final: { text: 'Normal.' } });
    expect((await pairing.ready()).at(-1)?.flags).toContain('patient_mismatch');
  });

  test('a merge that came before its reports counts too, also over two steps', async () => {
    await pairing.receive(mergeEvent('p2', 'p3', minute(1)), mergeEvent('p1', 'p2', minute(0)));
    await receive(
      reportVersion('draft', 'Clear lungs.', { written: 10, patients: ['p1'] }),
      reportVersion('final', 'Small pneumothorax.', { written: 60, patients: ['p3'] }),
    );
    expect(await activePairs()).toHaveLength(1);
  });

  test('a corrected accession joins what was sent under the old and the new number, whichever comes first', async () => {
    const renumbered = reportVersion('final', 'Small pneumothorax.', {
      written: 60,
      aliases: [accession('B9')],
    });
    const correction = correctionEvent(accession('A1'), accession('B9'), minute(30));
    await receive(draft, renumbered);
    expect(await activePairs()).toEqual([]);
    await pairing.receive(correction);
    const [pair] = await activePairs();
    await fresh();
    await pairing.receive(correction);
    await receive(renumbered, draft);
    expect((await activePairs())[0]?.id).toBe(pair?.id);
  });

  test('an accession used again years later is another study, flagged; a shared Study UID keeps them together', async () => {
    const years = 3 * 365 * DAY;
    const later = reportVersion('final', 'Years later.', { written: years });
    await receive(draft, later);
    expect(await activePairs()).toEqual([]);
    await receive(reportVersion('draft', 'Clear.', { written: years - 5 }));
    expect((await pairing.ready())[0]?.flags).toContain('number_reused');
    await fresh();
    const aliases = [accession('A1'), studyUid('1.2.3')];
    await receive(
      reportVersion('draft', 'Clear lungs.', { written: 10, aliases }),
      reportVersion('final', 'Years later.', { written: years, aliases }),
    );
    expect((await pairing.ready())[0]?.flags).toContain('clock_gap');
  });

  test('the same number at two sites is two studies', async () => {
    await receive(
      draft,
      reportVersion('final', 'South.', { written: 60, site: 'south', aliases: [accession('A1', 'south')] }),
    );
    expect(await activePairs()).toEqual([]);
  });

  test('a side that does not come is told once as waiting and once as orphaned', async () => {
    await receive(draft);
    const deps = { database, bus: pairing.bus, clock: pairing.clock };
    pairing.clock.move(71 * HOUR_MS);
    expect(await announceOrphans(deps)).toBe(0);
    pairing.clock.move(2 * HOUR_MS);
    expect(await announceOrphans(deps)).toBe(1);
    expect(await announceOrphans(deps)).toBe(0);
    expect((await pairing.states()).map((s) => [s.state, s.reason])).toEqual([
      ['waiting_for_final', 'waiting_for_final'],
      ['orphaned', 'final_did_not_come'],
    ]);
    expect((await pairing.metrics.page()).body).toContain('overread_unpaired_studies{missing="final"} 1');
    await receive(final);
    expect(await activePairs()).toHaveLength(1);
    expect((await pairing.metrics.page()).body).toContain('overread_unpaired_studies{missing="final"} 0');
  });

  test('a message read anew by a newer normaliser supersedes what it said before, quietly', async () => {
    await receive(draft, final);
    const misread = reportVersion('final', 'Small pneumothorax, left.', {
      written: 60,
      normaliser: 'n2',
      messageId: final.messageId,
    });
    await pairing.receive(reportEvent(misread, { quiet: true, at: minute(5000) }));
    const active = await activePairs();
    expect(active.map((p) => p.truth_versions)).toEqual([[misread.id]]);
    expect((await pairing.ready()).at(-1)?.quiet).toBe(true);
    expect(await states()).toEqual(['waiting_for_final', 'active', 'superseded', 'active']);
  });

  test('a message that belongs to another accession when read anew leaves the old study', async () => {
    await receive(draft, final);
    const moved = reportVersion('final', 'Small pneumothorax.', {
      written: 60,
      normaliser: 'n2',
      messageId: final.messageId,
      aliases: [accession('Z1')],
    });
    await pairing.receive(reportEvent(moved, { quiet: true, at: minute(5000) }));
    expect(await activePairs()).toEqual([]);
    expect((await pairing.states()).map((s) => s.state)).toContain('withdrawn');
  });

  test('a quiet draft completed by a live final is loud', async () => {
    await pairing.receive(reportEvent(draft, { quiet: true }));
    await receive(final);
    expect((await pairing.ready())[0]?.quiet).toBe(false);
  });

  test('training and debugging messages mark the pair and leave production alone', async () => {
    await receive(draft, reportVersion('final', 'A test.', { written: 50, processing: 'D' }));
    expect((await pairing.ready())[0]?.processing).toBe('D');
    await receive(final, reportVersion('withdrawn', null, { written: 99, processing: 'T' }));
    expect((await activePairs()).map((p) => p.truth_versions)).toEqual([[final.id]]);
    expect((await pairing.ready()).at(-1)?.processing).toBe('P');
  });

  test('a constant where a number belongs is refused with a code and nothing of the batch is kept', async () => {
    const constant = Array.from({ length: 301 }, (_, n) =>
      reportEvent(reportVersion('final', `Report ${n}.`, { written: n })),
    );
    await expect(pairing.receive(...constant)).rejects.toMatchObject({ code: 'OVR_IDENTIFIER_OVERUSED' });
    expect((await database.query('select 1 from report_version')).rowCount).toBe(0);
  });

  test('characters the database cannot hold become replacement characters of the same length', async () => {
    await receive(draft, reportVersion('final', 'A\0B\ud800C', { written: 60 }));
    const [pair] = await activePairs();
    expect((await readPair(database, pair?.id ?? ''))?.final.text).toBe('A\ufffdB\ufffdC');
  });

  test('an event that is no report version is refused with a code', async () => {
    const broken = { ...reportEvent(draft), data: Buffer.from('{}') };
    await expect(pairing.receive(broken)).rejects.toMatchObject({ code: 'OVR_EVENT_MALFORMED' });
  });

  test('what was received, paired and replaced is counted', async () => {
    await receive(draft, final, reportVersion('corrected', 'Other.', { written: 70 }));
    const { body } = await pairing.metrics.page();
    for (const line of [
      'overread_versions_received_total{feed="vendor",role="draft",kind="ai"} 1',
      'overread_pairs_ready_total{generator="Quickdraft",version="1.0",modality="CR"} 2',
      'overread_pairs_superseded_total{generator="Quickdraft",version="1.0",modality="CR"} 1',
    ]) {
      expect(body).toContain(line);
    }
  });
});
