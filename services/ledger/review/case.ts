import type {
  Case,
  Pair,
  PairStatus,
  ReportVersion,
  Score,
  TimelineEntry,
} from '../../../contracts/index.js';
import type { Queryable } from '../../platform/index.js';
import { readPair } from '../pairs/index.js';
import { alertsOfPair } from './worklist.js';

type PairRow = {
  study_id: string;
  status: PairStatus;
  status_reason: string;
  superseded_by: string | null;
};
type VersionRow = { readonly state: string; readonly document: ReportVersion };

async function latestScore(db: Queryable, pairId: string): Promise<Case['score']> {
  const { rows } = await db.query<{ document: Score }>(
    'select document from score where pair_id = $1 order by scored_at desc, id limit 1',
    [pairId],
  );
  const score = rows[0]?.document;
  return score === undefined
    ? null
    : { result: score.result, metric: score.metric, scoredAt: score.scoredAt };
}

/** Every version of the study in the order of its clock, with its state there. */
async function versionsOf(db: Queryable, studyId: string): Promise<readonly VersionRow[]> {
  const { rows } = await db.query<VersionRow>(
    `select sv.state, rv.document from study_version sv join report_version rv on rv.id = sv.version_id
     where sv.study_id = $1 order by rv.clock_at, rv.received_at, rv.id`,
    [studyId],
  );
  return rows;
}

function timelineEntry({ state, document }: VersionRow, { draft, final }: Pair): TimelineEntry {
  const inDraft = draft.versions.includes(document.id);
  const inFinal = final.versions.includes(document.id);
  return {
    versionId: document.id,
    role: document.role,
    source: document.source.kind,
    generator: document.source.generator,
    feed: document.feed,
    controlId: document.controlId,
    normaliser: document.normaliser,
    clockAt: document.times.clock,
    receivedAt: document.times.received,
    state,
    side: inDraft ? 'draft' : inFinal ? 'final' : null,
  };
}

/** What the messages themselves called the study: aliases of studies that were merged into it are among them. */
function accessionsOf(versions: readonly VersionRow[]): string[] {
  const aliases = versions.flatMap(({ document }) => document.aliases);
  return [...new Set(aliases.filter(({ kind }) => kind === 'accession').map(({ value }) => value))].sort();
}

/** A pair as a reviewer sees it, or null. Accessions are the only identifiers in it that another system knows. */
export async function readCase(db: Queryable, pairId: string): Promise<Case | null> {
  const { rows } = await db.query<PairRow>(
    'select study_id, status, status_reason, superseded_by from pair where id = $1',
    [pairId],
  );
  const [row, pair] = [rows[0], await readPair(db, pairId)];
  if (row === undefined || pair === null) return null;
  const versions = await versionsOf(db, row.study_id);
  return {
    pair,
    status: row.status,
    statusReason: row.status_reason,
    supersededBy: row.superseded_by,
    accessions: accessionsOf(versions),
    score: await latestScore(db, pairId),
    alerts: [...(await alertsOfPair(db, pairId))],
    timeline: versions.map((version) => timelineEntry(version, pair)),
  };
}
