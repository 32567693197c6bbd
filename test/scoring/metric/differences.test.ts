import { describe, expect, test } from '@jest/globals';
import type { ClinicalContext, MetricInput } from '../../../contracts/index.js';
import { loadMetric } from '../../../services/scoring/index.js';
import { input, scoringConfig } from '../support/input.js';

const metric = loadMetric(scoringConfig());

/** "aspect kind tier" of each discrepancy. */
function told(draft: string, final: string, overrides: Partial<MetricInput> = {}): string[] {
  const result = metric.score(input(draft, final, overrides));
  if (result.state !== 'scored') throw new Error(result.reason);
  return result.discrepancies.map((d) => `${d.aspect} ${d.kind} ${d.significance}`);
}

describe('differences that matter', () => {
  test.each([
    ['negation flip', 'No pneumothorax.', 'Small right pneumothorax.', 'finding inaccuracy urgent'],
    [
      'a general normal over a finding',
      'Lungs are clear.',
      'Right lower lobe consolidation.',
      'finding inaccuracy actionable',
    ],
    [
      'no acute abnormality over a finding',
      'No acute cardiopulmonary abnormality.',
      'Left upper lobe mass.',
      'finding inaccuracy actionable',
    ],
    [
      'omission',
      'Heart size normal.',
      'Heart size normal. Left pleural effusion.',
      'finding omission actionable',
    ],
    [
      'fabrication',
      'Heart size normal. Left pleural effusion.',
      'Heart size normal.',
      'finding fabrication actionable',
    ],
    ['side', 'Left pleural effusion.', 'Right pleural effusion.', 'laterality inaccuracy actionable'],
    [
      'one side of two',
      'Right lung consolidation.',
      'Bilateral lung consolidation.',
      'laterality inaccuracy actionable',
    ],
    [
      'lobe',
      'Consolidation in the right upper lobe.',
      'Consolidation in the right lower lobe.',
      'location inaccuracy actionable',
    ],
    [
      'vertebral level',
      'Acute compression fracture of T8.',
      'Acute compression fracture of T12.',
      'location inaccuracy actionable',
    ],
    [
      'two steps of size',
      'Small left pleural effusion.',
      'Large left pleural effusion.',
      'severity inaccuracy actionable',
    ],
    ['tension', 'Left pneumothorax.', 'Left tension pneumothorax.', 'severity inaccuracy urgent'],
    [
      'displacement',
      'Nondisplaced rib fracture.',
      'Displaced rib fracture.',
      'severity inaccuracy actionable',
    ],
    ['small nodules: over 2 mm', 'A 2 mm nodule.', 'A 5 mm nodule.', 'measurement inaccuracy actionable'],
    ['across the 6 mm line', 'A 4 mm nodule.', 'A 6 mm nodule.', 'measurement inaccuracy actionable'],
    ['a unit slip', 'A 9 cm nodule.', 'A 9 mm nodule.', 'measurement inaccuracy actionable'],
    [
      'acute against old',
      'Old rib fracture.',
      'Acute rib fracture.',
      'characterisation inaccuracy actionable',
    ],
    [
      'another diagnosis',
      'Right basal atelectasis.',
      'Right basal pneumonia.',
      'characterisation inaccuracy actionable',
    ],
    [
      'mass against opacity',
      'Left upper lobe opacity.',
      'Left upper lobe mass.',
      'characterisation inaccuracy actionable',
    ],
    [
      'definite against possible',
      'Possible left pneumothorax.',
      'Left pneumothorax.',
      'certainty inaccuracy actionable',
    ],
    [
      'excluded against not excluded',
      'No free air.',
      'Free air cannot be excluded.',
      'finding inaccuracy urgent',
    ],
    [
      'trend',
      'Improved pulmonary edema.',
      'Worsening pulmonary edema.',
      'temporal_change inaccuracy actionable',
    ],
    [
      'resolved against there',
      'Resolved left effusion.',
      'Stable left effusion.',
      'finding inaccuracy actionable',
    ],
    [
      'tip outside the safe range',
      'ETT tip 4 cm above the carina.',
      'ETT tip 1 cm above the carina.',
      'device inaccuracy urgent',
    ],
    [
      'tip in the wrong place',
      'NG tube tip in the stomach.',
      'NG tube tip in the right lower lobe bronchus.',
      'device inaccuracy urgent',
    ],
    [
      'side of a line',
      'Right PICC with tip in the SVC.',
      'Left PICC with tip in the SVC.',
      'device inaccuracy actionable',
    ],
    [
      'advice missing',
      'A 9 mm nodule.',
      'A 9 mm nodule. CT chest is recommended.',
      'recommendation omission actionable',
    ],
    [
      'urgent advice missing',
      'Widened mediastinum.',
      'Widened mediastinum. Urgent CT angiography is advised.',
      'recommendation omission urgent',
    ],
    [
      'another interval',
      'Nodule. Follow-up CT in 12 months.',
      'Nodule. Follow-up CT in 3 months.',
      'recommendation inaccuracy actionable',
    ],
  ])('%s', (_rule, draft, final, expected) => {
    expect(told(draft, final)).toContain(expected);
  });

  test('an organ the patient cannot have', () => {
    const context: ClinicalContext = { age: 50, sex: 'M', indication: null };
    expect(told('Lungs clear. The uterus is normal.', 'Lungs clear.', { context })).toContain(
      'patient_or_exam fabrication actionable',
    );
  });
});

describe('differences that are real and change nothing', () => {
  test.each([
    [
      'benign and expected',
      'Lungs clear.',
      'Lungs clear. Degenerative change of the spine.',
      'finding omission minor',
    ],
    [
      'a calcified node',
      'Lungs clear.',
      'Lungs clear. Calcified left hilar lymph node.',
      'finding omission minor',
    ],
    [
      'a trace of fluid',
      'Heart normal.',
      'Heart normal. Trace left pleural effusion.',
      'finding omission minor',
    ],
    ['neighbouring steps', 'Small left effusion.', 'Moderate left effusion.', 'severity inaccuracy minor'],
    ['sizes inside the limits', 'A 12 mm nodule.', 'A 14 mm nodule.', 'measurement inaccuracy minor'],
    ['a device in place not named', 'Lungs clear.', 'Lungs clear. Left pacemaker.', 'device omission minor'],
    [
      'clinical correlation',
      'Left basal opacity.',
      'Left basal opacity. Correlate clinically.',
      'recommendation omission minor',
    ],
  ])('%s', (_rule, draft, final, expected) => {
    expect(told(draft, final)).toEqual([expected]);
  });
});

describe('variation that stays silent', () => {
  test.each([
    ['synonym', 'Right basal infiltrate.', 'Right basal airspace opacity.'],
    ['abbreviation', 'RLL pneumonia. No PTX.', 'Right lower lobe pneumonia. No pneumothorax.'],
    ['spelling', 'Pulmonary oedema, haemothorax excluded.', 'Pulmonary edema, hemothorax excluded.'],
    ['units', 'A 0.9 cm nodule.', 'A 9 mm nodule.'],
    [
      'reordering',
      'Left effusion. Cardiomegaly.',
      'The heart is enlarged. There is fluid in the left pleural space.',
    ],
    [
      'moved to the impression',
      'FINDINGS: Left effusion.\nIMPRESSION: Heart normal.',
      'FINDINGS: Heart normal.\nIMPRESSION: Left effusion.',
    ],
    ['hedging synonyms', 'Opacity consistent with pneumonia.', 'Opacity, likely pneumonia.'],
    ['negatives dropped', 'Left effusion. No pneumothorax or fracture.', 'Left effusion.'],
    [
      'a list of negatives split',
      'No effusion, pneumothorax or consolidation.',
      'No effusion. No pneumothorax. No consolidation.',
    ],
    ['trend dropped', 'Unchanged left effusion.', 'Left effusion.'],
    ['coarser place', 'Consolidation at the left base.', 'Left lower lobe consolidation.'],
    ['two sides in two sentences', 'Bilateral effusions.', 'Left effusion. Right effusion.'],
    ['contrast after a negation', 'No effusion, but there is a left nodule.', 'Left nodule. No effusion.'],
    ['trailing negation', 'Effusion and pneumothorax are not seen.', 'No effusion or pneumothorax.'],
    ['safe tip', 'ETT tip 3 cm above the carina.', 'ETT tip 5 cm above the carina.'],
    ['advice worded otherwise', 'Left nodule. Recommend CT.', 'Left nodule. CT is advised.'],
  ])('%s', (_rule, draft, final) => {
    expect(told(draft, final).filter((line) => !line.endsWith('minor'))).toEqual([]);
  });
});

describe('outside the vocabulary', () => {
  test('a sentence only one side has is told as minor, with very low confidence, never passed over', () => {
    const result = metric.score(
      input('Normal study of the knee.', 'Normal study of the knee. Baker cyst behind it.'),
    );
    expect(result).toMatchObject({
      significant: false,
      discrepancies: [{ aspect: 'finding', kind: 'omission', significance: 'minor', confidence: 0.2 }],
    });
  });

  test('the same words with the opposite polarity or side matter, with low confidence', () => {
    const torn = 'There is a tear of the anterior cruciate ligament.';
    expect(told('No tear of the anterior cruciate ligament.', torn)).toEqual([
      'finding inaccuracy actionable',
    ]);
    expect(told('Left ovarian torsion is suspected.', 'Right ovarian torsion is suspected.')).toEqual([
      'laterality inaccuracy actionable',
    ]);
    const result = metric.score(input('No tear of the anterior cruciate ligament.', torn));
    expect(result).toMatchObject({ alertable: false });
  });
});
