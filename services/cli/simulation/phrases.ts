/** Ways to say the same thing; the first is how the generator says it. Sentences are made up for the simulator. */
export type Wordings = readonly [string, ...string[]];

/** A finding a simulated chest radiograph can show. `instead` is the normal line it takes the place of. */
export type SimulatedFinding = {
  readonly instead: keyof typeof NORMAL;
  readonly findings: Wordings;
  readonly impression: Wordings;
  /** A near sentence that says something else and matters: what a generator gets wrong. */
  readonly mistaken: readonly { readonly findings: string; readonly impression: string }[];
};

export const NORMAL = {
  lungs: [
    'The lungs are clear.',
    'No focal consolidation is seen.',
    'Lungs: no focal airspace opacity.',
    'Clear lungs bilaterally.',
  ],
  pleura: [
    'No pleural effusion or pneumothorax.',
    'There is no pneumothorax. There is no pleural effusion.',
    'Pleural spaces are clear. No pneumothorax.',
  ],
  heart: [
    'The cardiomediastinal silhouette is normal.',
    'Heart size is within normal limits.',
    'Normal heart size and mediastinal contours.',
  ],
  bones: ['No acute osseous abnormality.', 'The visualised bones are unremarkable.', 'Bony thorax intact.'],
} as const satisfies Record<string, Wordings>;

export const NORMAL_IMPRESSION: Wordings = [
  'No acute cardiopulmonary abnormality.',
  'No acute cardiopulmonary process.',
  'Normal chest radiograph.',
];

export const FINDINGS: readonly [SimulatedFinding, ...SimulatedFinding[]] = [
  {
    instead: 'pleura',
    findings: [
      'There is a small right apical pneumothorax.',
      'Small pneumothorax at the right apex.',
      'A small right-sided apical pneumothorax is present.',
    ],
    impression: ['Small right pneumothorax.', 'Small right apical pneumothorax.'],
    mistaken: [
      {
        findings: 'There is a small left apical pneumothorax.',
        impression: 'Small left pneumothorax.',
      },
      {
        findings: 'There is a large right pneumothorax with mediastinal shift.',
        impression: 'Large right tension pneumothorax.',
      },
    ],
  },
  {
    instead: 'pleura',
    findings: [
      'Moderate left pleural effusion.',
      'There is a moderate-sized left pleural effusion.',
      'A moderate amount of left pleural fluid is seen.',
    ],
    impression: ['Moderate left pleural effusion.', 'Moderate left effusion.'],
    mistaken: [
      { findings: 'Moderate right pleural effusion.', impression: 'Moderate right pleural effusion.' },
    ],
  },
  {
    instead: 'lungs',
    findings: [
      'Consolidation in the right lower lobe.',
      'Right lower lobe airspace opacity, consistent with consolidation.',
      'There is right lower lobe consolidation.',
    ],
    impression: ['Right lower lobe pneumonia.', 'Right lower lobe consolidation, likely pneumonia.'],
    mistaken: [
      { findings: 'Consolidation in the left lower lobe.', impression: 'Left lower lobe pneumonia.' },
    ],
  },
  {
    instead: 'lungs',
    findings: [
      'A 14 mm nodule is seen in the left upper lobe.',
      'There is a 1.4 cm left upper lobe pulmonary nodule.',
      'Left upper lobe nodule measuring 14 mm.',
    ],
    impression: [
      '14 mm left upper lobe nodule. CT of the chest is recommended.',
      'Left upper lobe nodule, 1.4 cm. Recommend chest CT.',
    ],
    mistaken: [
      {
        findings: 'A 4 mm nodule is seen in the left upper lobe.',
        impression: '4 mm left upper lobe nodule.',
      },
    ],
  },
  {
    instead: 'heart',
    findings: [
      'The heart is enlarged with interstitial pulmonary edema.',
      'Cardiomegaly with interstitial pulmonary edema.',
      'There is cardiac enlargement and interstitial pulmonary edema.',
    ],
    impression: ['Cardiomegaly with pulmonary edema.', 'Pulmonary edema and cardiomegaly.'],
    mistaken: [],
  },
  {
    instead: 'bones',
    findings: [
      'Acute fracture of the left seventh rib.',
      'There is an acute left 7th rib fracture.',
      'A fracture of the left seventh rib is noted.',
    ],
    impression: ['Acute left seventh rib fracture.', 'Left 7th rib fracture.'],
    mistaken: [
      {
        findings: 'Acute fracture of the right seventh rib.',
        impression: 'Acute right seventh rib fracture.',
      },
    ],
  },
];

export const INDICATIONS: Wordings = [
  'Chest pain.',
  'Shortness of breath.',
  'Cough and fever.',
  'Fall from standing height.',
  'Pre-operative assessment.',
];

export const ADDENDA: Wordings = [
  'Findings discussed with the referring team.',
  'Comparison with the study of last year has become available; no change.',
];

/** Plainly made-up people of a hospital that does not exist. */
export const FAMILY_NAMES: Wordings = ['TESTPERSON', 'SAMPLEMAN', 'EXAMPLESON', 'PLACEHOLDER', 'MADEUPSKI'];
export const GIVEN_NAMES: Wordings = ['ALPHA', 'BRAVO', 'CHARLIE', 'DELTA', 'ECHO', 'FOXTROT'];
