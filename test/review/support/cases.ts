import type { CaseSpec } from './ledger.js';
import { span } from './ledger.js';

const PNEUMOTHORAX_DRAFT = `FINDINGS: The heart is normal in size. The lungs are clear. No pneumothorax or pleural effusion. Degenerative change of the thoracic spine.
IMPRESSION: No acute cardiopulmonary abnormality.`;
const PNEUMOTHORAX_FINAL = `FINDINGS: Heart size is normal. The lungs are clear. Small right apical pneumothorax measuring 1.5 cm. No pleural effusion. Degenerative change of the thoracic spine. The endotracheal tube tip lies 2 cm above the carina.
IMPRESSION: Small right apical pneumothorax. Findings were discussed with the ward.`;

export const PNEUMOTHORAX: CaseSpec = {
  name: 'pneumothorax',
  draft: PNEUMOTHORAX_DRAFT,
  final: PNEUMOTHORAX_FINAL,
  completedAt: '2026-03-01T06:00:00.000Z',
  discrepancies: [
    {
      aspect: 'device',
      kind: 'omission',
      significance: 'actionable',
      significant: true,
      confidence: 0.81,
      draft: [],
      final: [span(PNEUMOTHORAX_FINAL, 'The endotracheal tube tip lies 2 cm above the carina')],
      explanation: 'The final describes an endotracheal tube the draft does not mention.',
    },
    {
      aspect: 'finding',
      kind: 'inaccuracy',
      significance: 'urgent',
      significant: true,
      confidence: 0.97,
      draft: [span(PNEUMOTHORAX_DRAFT, 'No pneumothorax')],
      final: [
        span(PNEUMOTHORAX_FINAL, 'Small right apical pneumothorax measuring 1.5 cm'),
        {
          ...span(PNEUMOTHORAX_FINAL, 'Small right apical pneumothorax. Findings'),
          end: PNEUMOTHORAX_FINAL.indexOf('Small right apical pneumothorax. Findings') + 31,
          text: 'Small right apical pneumothorax',
        },
      ],
      explanation: 'The draft says there is no pneumothorax; the final describes a small right apical one.',
    },
  ],
};

const NODULE_DRAFT = `FINDINGS: 8 mm nodule in the left upper lobe. No effusion.
IMPRESSION: Left upper lobe nodule. Follow-up CT in 12 months.`;
const NODULE_FINAL = `FINDINGS: 8 mm nodule in the right upper lobe. No effusion.
IMPRESSION: Right upper lobe nodule. Follow-up CT in 3 months.`;

export const NODULE: CaseSpec = {
  name: 'nodule',
  draft: NODULE_DRAFT,
  final: NODULE_FINAL,
  completedAt: '2026-03-01T05:00:00.000Z',
  modality: 'CT',
  exam: 'CT chest',
  generator: { name: 'DraftWell', version: '2.3' },
  discrepancies: [
    {
      aspect: 'laterality',
      kind: 'inaccuracy',
      significance: 'actionable',
      significant: true,
      confidence: 0.95,
      draft: [span(NODULE_DRAFT, 'left upper lobe')],
      final: [span(NODULE_FINAL, 'right upper lobe')],
      explanation: 'The nodule is on the left in the draft and on the right in the final.',
    },
    {
      aspect: 'recommendation',
      kind: 'inaccuracy',
      significance: 'actionable',
      significant: true,
      confidence: 0.88,
      draft: [span(NODULE_DRAFT, 'Follow-up CT in 12 months')],
      final: [span(NODULE_FINAL, 'Follow-up CT in 3 months')],
      explanation: 'Follow-up is advised in 12 months in the draft and in 3 months in the final.',
    },
  ],
};

const MASS_DRAFT = `FINDINGS: There is a 3 cm mass in the liver. Spleen is unremarkable.
IMPRESSION: Liver mass.`;
const MASS_FINAL = `FINDINGS: The liver is unremarkable. Spleen is unremarkable.
IMPRESSION: No focal lesion.`;

export const MASS: CaseSpec = {
  name: 'mass',
  draft: MASS_DRAFT,
  final: MASS_FINAL,
  completedAt: '2026-02-28T22:00:00.000Z',
  modality: 'CT',
  exam: 'CT abdomen with contrast',
  generator: { name: 'DraftWell', version: '2.4' },
  discrepancies: [
    {
      aspect: 'finding',
      kind: 'fabrication',
      significance: 'actionable',
      significant: true,
      confidence: 0.9,
      draft: [span(MASS_DRAFT, 'a 3 cm mass in the liver')],
      final: [],
      explanation: 'The draft describes a liver mass the final does not have.',
    },
  ],
};

export const CASES = [PNEUMOTHORAX, NODULE, MASS] as const;
