import { type MetricInput, type Pair, ScoringConfig } from '../../../contracts/index.js';
import { createLogger, deterministicId } from '../../../services/platform/index.js';

export const silentLogger = createLogger({ level: 'error' }, { write: () => {} });

export const scoringConfig = (overrides: Partial<ScoringConfig> = {}) => ScoringConfig.parse(overrides);

export function input(draft: string, final: string, overrides: Partial<MetricInput> = {}): MetricInput {
  const context = { age: null, sex: null, indication: null };
  return { draft, final, modality: 'CR', exam: null, context, ...overrides };
}

export function readyPair(name: string, overrides: Partial<Pair> = {}): Pair {
  const side = (role: 'draft' | 'final', text: string) => ({
    versions: [`${name}-${role}`],
    role,
    text,
    sections: [],
    at: '2026-03-01T08:00:00Z',
  });
  return {
    id: deterministicId('pair', name),
    studyId: `study-${name}`,
    site: 'north',
    generator: { name: 'draftwell', version: '2.1' },
    exam: { modality: 'CR', code: null, description: 'Chest radiograph' },
    context: { age: 60, sex: 'F', indication: null },
    draft: side('draft', 'The lungs are clear. No pneumothorax.'),
    final: side('final', 'Small left apical pneumothorax.'),
    unedited: false,
    processing: 'P',
    completedAt: '2026-03-01T09:00:00Z',
    quiet: false,
    flags: [],
    ...overrides,
  };
}
