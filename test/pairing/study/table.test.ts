import { describe, expect, test } from '@jest/globals';
import type { ReportVersion } from '../../../contracts/index.js';
import { decide, OUTCOMES } from '../../../services/pairing/study/decide.js';
import { known } from '../../../services/pairing/study/known.js';
import {
  ARRIVALS,
  type ArrivalKind,
  STUDY_STATES,
  type StudyState,
  TABLE,
} from '../../../services/pairing/study/table.js';
import { reportVersion, stored } from '../../support/report-versions.js';

const draft = reportVersion('draft', 'No pneumothorax.', { written: 10 });
const preliminary = reportVersion('preliminary', 'No pneumothorax (wet read).', { written: 20 });
const final = reportVersion('final', 'Small right pneumothorax.', { written: 60 });
const correction = reportVersion('corrected', 'Small left pneumothorax.', { written: 90 });
const withdrawal = reportVersion('withdrawn', null, { written: 80 });

/** An example of each state; signing is at minute 60. */
const STATES: Record<StudyState, readonly ReportVersion[]> = {
  empty: [],
  drafted: [draft],
  preliminary: [preliminary],
  drafted_preliminary: [draft, preliminary],
  signed: [final],
  paired: [draft, final],
  corrected: [draft, final, correction],
  withdrawn: [draft, final, withdrawal],
};

const other = { kind: 'ai', generator: { name: 'Otherdraft', version: '2' } } as const;
const inRis = { kind: 'radiologist' } as const;

/** An example of each arrival: after everything stored where the row says nothing else. */
const EXAMPLES: Record<ArrivalKind, ReportVersion> = {
  draft: reportVersion('draft', 'Clear lungs.', { written: 12, received: 200, source: other }),
  draft_newer: reportVersion('draft', 'Lungs are clear.', { written: 30, received: 200 }),
  draft_older: reportVersion('draft', 'Lungs clear.', { written: 5, received: 200 }),
  draft_after_signing: reportVersion('draft', 'Clear lungs.', { written: 150, source: other }),
  draft_after_signing_newer: reportVersion('draft', 'Lungs are clear.', { written: 150 }),
  preliminary: reportVersion('preliminary', 'Nothing acute.', { written: 25, received: 200 }),
  final: reportVersion('final', 'Small pneumothorax on the right.', { written: 85 }),
  status_only_final: reportVersion('final', null, { written: 85, source: inRis }),
  correction: reportVersion('corrected', 'Large left pneumothorax.', { written: 120 }),
  addendum: reportVersion('addendum', 'Dr Example was told.', { written: 120 }),
  addendum_whole: reportVersion('addendum', 'ADDENDUM: told. Small pneumothorax.', {
    written: 120,
    scope: 'whole',
  }),
  withdrawal: reportVersion('withdrawn', null, { written: 130, scope: 'whole' }),
  draft_withdrawal: reportVersion('withdrawn', null, { written: 130, source: { kind: 'ai' } }),
  unknown_author: reportVersion('final', 'Who wrote this?', { written: 85, source: { kind: 'unknown' } }),
  training_final: reportVersion('final', 'A test.', { written: 85, processing: 'T' }),
};

const rules = { scorePreliminaries: false };

describe.each(Object.keys(TABLE) as ArrivalKind[])('%s', (kind) => {
  test.each(Object.keys(STUDY_STATES) as StudyState[])(`meets a study that is %s`, (state) => {
    const before = STATES[state].map((v) => known(stored(v)));
    expect(decide(before, known(stored(EXAMPLES[kind])), rules)).toEqual(TABLE[kind][state]);
  });

  test('said again changes nothing', () => {
    const again = known(stored(EXAMPLES[kind]));
    for (const versions of Object.values(STATES)) {
      expect(decide([...versions.map((v) => known(stored(v))), again], again, rules)).toEqual(['keep']);
    }
  });
});

test('every row, column and outcome of the table is described', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(ARRIVALS).sort());
  const outcomes = Object.values(TABLE).flatMap((row) => Object.values(row).flat());
  expect([...new Set(outcomes)].sort()).toEqual(Object.keys(OUTCOMES).sort());
});
