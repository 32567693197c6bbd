import type {
  AlertNotice,
  Discrepancy,
  Generator,
  MetricResult,
  PairState,
  PairStatus,
  Score,
} from '../../contracts/index.js';
import {
  type Database,
  deterministicId,
  jsonEvent,
  type OutgoingEvent,
} from '../../services/platform/index.js';

/** Words that stand in every report, span and explanation made here: nothing that leaves may hold them. */
export const REPORT_WORDS = ['pneumothorax', 'Zzyzx'] as const;

export type TestPair = {
  readonly id: string;
  readonly studyId: string;
  readonly generator: Generator;
  readonly modality: string | null;
  readonly processing: 'P' | 'T' | 'D';
  readonly completedAt: string;
};

export function testPair(name: string, overrides: Partial<TestPair> = {}): TestPair {
  return {
    id: deterministicId('pair', name),
    studyId: `study-${name}`,
    generator: { name: 'GenExample', version: '1.0' },
    modality: 'CR',
    processing: 'P',
    completedAt: '2026-03-04T07:59:58.000Z',
    ...overrides,
  };
}

/** Writes a pair as pairing would, or gives it another status or study. */
export async function savePair(
  database: Database,
  pair: TestPair,
  status: PairStatus = 'active',
): Promise<void> {
  const version = deterministicId('rv', pair.id);
  const { name, version: generatorVersion } = pair.generator;
  const record = (table: string, row: Record<string, unknown>, conflict: string) =>
    database.query(
      `insert into ${table} select * from jsonb_populate_record(null::${table}, $1::jsonb) on conflict ${conflict}`,
      [JSON.stringify(row)],
    );
  await record('study', { id: pair.studyId, site: 'example', created_at: pair.completedAt }, 'do nothing');
  await record(
    'report_version',
    {
      id: version,
      site: 'example',
      feed: 'example',
      role: 'draft',
      source_kind: 'ai',
      processing: pair.processing,
      clock_at: pair.completedAt,
      received_at: pair.completedAt,
      published_at: pair.completedAt,
      message_id: 'message',
      normaliser: 'test',
      patients: [],
      quiet: false,
      document: {},
    },
    'do nothing',
  );
  await record(
    'pair',
    {
      id: pair.id,
      study_id: pair.studyId,
      site: 'example',
      generator_name: name,
      generator_version: generatorVersion,
      modality: pair.modality,
      status,
      status_reason: '',
      revision: 1,
      draft_version: version,
      truth_versions: [version],
      unedited: false,
      processing: pair.processing,
      quiet: false,
      completed_at: pair.completedAt,
      changed_at: pair.completedAt,
      document: {},
    },
    '(id) do update set status = excluded.status, study_id = excluded.study_id',
  );
}

export function discrepancy(overrides: Partial<Discrepancy> = {}): Discrepancy {
  const significance = overrides.significance ?? 'actionable';
  return {
    aspect: 'finding',
    kind: 'omission',
    significance,
    significant: significance !== 'minor',
    confidence: 0.9,
    draft: [],
    final: [{ start: 0, end: 12, text: REPORT_WORDS[0] }],
    explanation: `the final has a ${REPORT_WORDS[0]}, seen by ${REPORT_WORDS[1]}`,
    ...overrides,
  };
}

export function scored(...discrepancies: Discrepancy[]): MetricResult {
  const tiers = ['urgent', 'actionable', 'minor'] as const;
  const significance = tiers.find((tier) => discrepancies.some((d) => d.significance === tier)) ?? 'none';
  const significant = significance === 'urgent' || significance === 'actionable';
  return {
    state: 'scored',
    significant,
    significance,
    probability: significant ? 0.95 : 0.02,
    divergence: significant ? 0.6 : 0.1,
    alertable: significant,
    discrepancies,
  };
}

export function scoreOf(
  pair: TestPair,
  result: MetricResult,
  overrides: Partial<Score> & { readonly fingerprint?: string } = {},
): Score {
  const { fingerprint = 'f1', ...rest } = overrides;
  return {
    id: deterministicId('score', pair.id, fingerprint),
    pairId: pair.id,
    studyId: pair.studyId,
    site: 'example',
    generator: pair.generator,
    exam: { modality: pair.modality, code: null, description: null },
    context: { age: null, sex: null, indication: `${REPORT_WORDS[0]} of ${REPORT_WORDS[1]}` },
    unedited: false,
    processing: pair.processing,
    quiet: false,
    completedAt: pair.completedAt,
    result,
    metric: { name: 'test', version: '1', fingerprint },
    durationMs: 1,
    scoredAt: '2026-03-04T07:59:59.000Z',
    ...rest,
  };
}

export function scoreEvent(score: Score, attributes: Record<string, string> = {}): OutgoingEvent {
  return jsonEvent('overread.score.computed', score.studyId, score.id, score, attributes);
}

export function stateEvent(
  pair: TestPair,
  state: PairState['state'],
  overrides: Partial<PairState> = {},
): OutgoingEvent {
  const id = deterministicId('state', pair.id, state);
  return jsonEvent('overread.pair.state', pair.studyId, id, {
    id,
    studyId: pair.studyId,
    site: 'example',
    state,
    pairId: pair.id,
    supersededBy: null,
    generator: pair.generator,
    modality: pair.modality,
    reason: '',
    at: pair.completedAt,
    ...overrides,
  });
}

/** `type` and what matters of the alerts, for comparing. */
export function outline(notice: AlertNotice): string {
  const alerts = notice.alerts.map((a) => `${a.significance} r${a.revision} ${a.state}`);
  return `${notice.type}: ${alerts.join(', ')}`;
}
