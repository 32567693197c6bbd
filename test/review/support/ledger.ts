import type {
  Alert,
  Discrepancy,
  MetricResult,
  Pair,
  PairStatus,
  ReportVersion,
  Score,
  Section,
  Significance,
} from '../../../contracts/index.js';
import { Significance as Tiers } from '../../../contracts/index.js';
import { type Database, deterministicId } from '../../../services/platform/index.js';

/** What a test says of a case; everything else is plainly made up. */
export type CaseSpec = {
  /** Makes every id of the case. */
  readonly name: string;
  readonly draft: string;
  readonly final: string;
  readonly addendum?: string;
  readonly discrepancies: readonly Discrepancy[];
  readonly completedAt: string;
  readonly generator?: { readonly name: string; readonly version: string };
  readonly modality?: string;
  readonly exam?: string;
  readonly status?: PairStatus;
  readonly unscorable?: Extract<MetricResult, { state: 'unscorable' }>['reason'];
  readonly alert?: boolean;
  readonly supersededBy?: string;
};

export const pairId = (name: string) => deterministicId('pair', name);
export const alertId = (name: string) => deterministicId('alert', name);

/** Headings in capitals open a section that runs to the next one. */
export function sectionsOf(text: string): Section[] {
  const headings = [...text.matchAll(/^(FINDINGS|IMPRESSION):[ \n]?/gm)];
  return headings.map((heading, index) => ({
    name: heading[1] === 'FINDINGS' ? 'findings' : 'impression',
    start: heading.index + heading[0].length,
    end: headings[index + 1]?.index ?? text.length,
  }));
}

/** A span of the first place a phrase stands in a text. */
export function span(text: string, phrase: string) {
  const start = text.indexOf(phrase);
  if (start === -1) throw new Error(`no such phrase: ${phrase}`);
  return { start, end: start + phrase.length, text: phrase };
}

function worst(discrepancies: readonly Discrepancy[]): Significance {
  return Tiers.options.find((tier) => discrepancies.some((d) => d.significance === tier)) ?? 'none';
}

function versionOf(spec: CaseSpec, role: ReportVersion['role'], text: string): ReportVersion {
  const draft = role === 'draft';
  return {
    id: deterministicId('rv', spec.name, role),
    site: 'made-up-site',
    feed: draft ? 'ai' : 'ris',
    transport: 'mllp',
    messageId: deterministicId('msg', spec.name, role),
    controlId: `MADE-UP-${role}`,
    aliases: [{ kind: 'accession', site: 'made-up-site', value: `ACC-${spec.name}` }],
    role,
    status: { field: 'OBR-25', raw: draft ? 'P' : 'F', value: draft ? 'preliminary' : 'final' },
    source: {
      kind: draft ? 'ai' : 'radiologist',
      generator: draft ? (spec.generator ?? { name: 'GenX', version: '1.0' }) : null,
      author: null,
    },
    patients: [],
    exam: { modality: spec.modality ?? 'DX', code: null, description: spec.exam ?? 'Chest radiograph' },
    context: { age: null, sex: null, indication: null },
    text,
    textHash: null,
    sections: sectionsOf(text),
    scope: role === 'addendum' ? 'part' : 'whole',
    processing: 'P',
    times: {
      source: spec.completedAt,
      received: spec.completedAt,
      clock: spec.completedAt,
      clockFrom: 'source',
    },
    normaliser: 'test-1',
    charset: 'utf-8',
    flags: [],
  };
}

async function insertVersion(db: Database, studyId: string, version: ReportVersion): Promise<void> {
  await db.query(
    `insert into report_version (id, site, feed, role, source_kind, generator_name, generator_version, modality,
       text_hash, processing, clock_at, received_at, message_id, document, patients, normaliser, published_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::jsonb, '{}', 'test-1', $12)`,
    [
      version.id,
      version.site,
      version.feed,
      version.role,
      version.source.kind,
      version.source.generator?.name ?? null,
      version.source.generator?.version ?? null,
      version.exam.modality,
      version.textHash,
      version.processing,
      version.times.clock,
      version.times.received,
      version.messageId,
      JSON.stringify(version),
    ],
  );
  await db.query("insert into study_version values ($1, $2, 'current')", [studyId, version.id]);
}

async function insertPair(db: Database, spec: CaseSpec, pair: Pair): Promise<void> {
  const { text: _draft, sections: _draftSections, ...draft } = pair.draft;
  const { text: _final, sections: _finalSections, ...final } = pair.final;
  await db.query(
    `insert into pair (id, study_id, site, generator_name, generator_version, modality, status, status_reason,
       superseded_by, revision, draft_version, truth_versions, unedited, processing, quiet, completed_at, changed_at, document)
     values ($1, $2, $3, $4, $5, $6, $7, 'made up', $8, 1, $9, $10, $11, 'P', false, $12, $12, $13::jsonb)`,
    [
      pair.id,
      pair.studyId,
      pair.site,
      pair.generator.name,
      pair.generator.version,
      pair.exam.modality,
      spec.status ?? 'active',
      spec.supersededBy ?? null,
      pair.draft.versions[0],
      pair.final.versions,
      pair.unedited,
      pair.completedAt,
      JSON.stringify({ ...pair, draft, final }),
    ],
  );
}

async function insertScore(db: Database, score: Score): Promise<void> {
  const { result } = score;
  const scored = result.state === 'scored' ? result : null;
  await db.query(
    `insert into score (id, pair_id, study_id, generator_name, generator_version, modality, metric_name,
       metric_version, metric_fingerprint, state, reason, significant, significance, probability, divergence,
       alertable, quiet, scored_at, document)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, false, $17, $18::jsonb)`,
    [
      score.id,
      score.pairId,
      score.studyId,
      score.generator.name,
      score.generator.version,
      score.exam.modality,
      score.metric.name,
      score.metric.version,
      score.metric.fingerprint,
      result.state,
      result.state === 'unscorable' ? result.reason : null,
      scored?.significant ?? null,
      scored?.significance ?? null,
      scored?.probability ?? null,
      scored?.divergence ?? null,
      scored?.alertable ?? null,
      score.scoredAt,
      JSON.stringify(score),
    ],
  );
}

async function insertAlert(db: Database, studyId: string, alert: Alert): Promise<void> {
  await db.query(
    `insert into alert (id, revision, rule, state, study_id, pair_id, generator_name, generator_version, modality,
       significance, aspects, discrepancies, raised_at, updated_at, document)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14::jsonb)`,
    [
      alert.id,
      alert.revision,
      alert.rule,
      alert.state,
      studyId,
      alert.pairId,
      alert.generator.name,
      alert.generator.version,
      alert.modality,
      alert.significance,
      alert.aspects,
      alert.discrepancies,
      alert.raisedAt,
      JSON.stringify(alert),
    ],
  );
  await db.query(`insert into alert_revision values ($1, $2, 'alert.raised', $3::jsonb, $4)`, [
    alert.id,
    alert.revision,
    JSON.stringify(alert),
    alert.raisedAt,
  ]);
}

/** A study with its versions, pair, score and, unless told otherwise, an alert, as the stages leave them. */
export async function insertCase(db: Database, spec: CaseSpec): Promise<void> {
  const studyId = deterministicId('study', spec.name);
  const draft = versionOf(spec, 'draft', spec.draft);
  const finals = [
    versionOf(spec, 'final', spec.final),
    ...(spec.addendum === undefined ? [] : [versionOf(spec, 'addendum', spec.addendum)]),
  ];
  await db.query('insert into study (id, site, created_at) values ($1, $2, $3)', [
    studyId,
    'made-up-site',
    spec.completedAt,
  ]);
  await db.query("insert into study_alias values ('accession', 'made-up-site', $1, $2, $3)", [
    `ACC-${spec.name}`,
    studyId,
    spec.completedAt,
  ]);
  for (const version of [draft, ...finals]) await insertVersion(db, studyId, version);
  const text = finals.map((version) => version.text ?? '').join('\n\n');
  const pair: Pair = {
    id: pairId(spec.name),
    studyId,
    site: 'made-up-site',
    generator: draft.source.generator ?? { name: 'GenX', version: '1.0' },
    exam: draft.exam,
    context: draft.context,
    draft: {
      versions: [draft.id],
      role: 'draft',
      text: spec.draft,
      sections: sectionsOf(spec.draft),
      at: spec.completedAt,
    },
    final: {
      versions: finals.map((version) => version.id),
      role: 'final',
      text,
      sections: sectionsOf(text),
      at: spec.completedAt,
    },
    unedited: spec.draft === spec.final,
    processing: 'P',
    completedAt: spec.completedAt,
    quiet: false,
    flags: [],
  };
  await insertPair(db, spec, pair);
  const significance = worst(spec.discrepancies);
  const significant = significance === 'urgent' || significance === 'actionable';
  await insertScore(db, {
    id: deterministicId('score', spec.name),
    pairId: pair.id,
    studyId,
    site: pair.site,
    generator: pair.generator,
    exam: pair.exam,
    context: pair.context,
    unedited: pair.unedited,
    processing: 'P',
    quiet: false,
    completedAt: spec.completedAt,
    result:
      spec.unscorable !== undefined
        ? { state: 'unscorable', reason: spec.unscorable }
        : {
            state: 'scored',
            significant,
            significance,
            probability: significant ? 0.93 : 0.04,
            divergence: significant ? 0.7 : 0.1,
            alertable: significant,
            discrepancies: [...spec.discrepancies],
          },
    metric: { name: 'made-up-metric', version: '0.1.0', fingerprint: 'f00dfacef00dface' },
    durationMs: 3,
    scoredAt: spec.completedAt,
  });
  if (spec.alert === false || significance === 'none') return;
  await insertAlert(db, studyId, {
    id: alertId(spec.name),
    revision: 1,
    rule: 'significant',
    state: 'open',
    pairId: pair.id,
    generator: pair.generator,
    modality: pair.exam.modality,
    significance,
    aspects: [...new Set(spec.discrepancies.map((d) => d.aspect))],
    discrepancies: spec.discrepancies.length,
    link: `http://127.0.0.1/cases/${pair.id}`,
    raisedAt: spec.completedAt,
    updatedAt: spec.completedAt,
  });
}
