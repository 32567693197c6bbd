import type {
  Case,
  Pair,
  PairSide,
  PairStatus,
  ReportVersion,
  Score,
  TimelineEntry,
} from '../../../contracts/index.js';
import type { Queryable } from '../../platform/index.js';
import { alertsOfPair } from './worklist.js';

type StoredSide = Omit<PairSide, 'text'>;
type StoredPair = Omit<Pair, 'draft' | 'final'> & {
  readonly draft: StoredSide;
  readonly final: StoredSide;
};

type PairRow = {
  id: string;
  study_id: string;
  status: PairStatus;
  status_reason: string;
  superseded_by: string | null;
  unedited: boolean;
  document: StoredPair;
};

/** Between the texts of a final and its addenda, as pairing joins them. */
const ADDENDUM_JOINER = '\n\n';

async function textsOf(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; text: string | null }>(
    "select id, document ->> 'text' as text from report_version where id = any($1)",
    [[...ids]],
  );
  return new Map(rows.flatMap((row) => (row.text === null ? [] : [[row.id, row.text] as const])));
}

async function withTexts(db: Queryable, row: PairRow): Promise<Pair> {
  const { draft, final } = row.document;
  const texts = await textsOf(db, [...draft.versions, ...final.versions]);
  const joined = (side: StoredSide) =>
    side.versions.flatMap((id) => texts.get(id) ?? []).join(ADDENDUM_JOINER);
  const draftText = joined(draft);
  // A final that promotes the draft came without a text: its text is the draft's.
  const finalText = joined(final) || (row.unedited ? draftText : '');
  return {
    ...row.document,
    draft: { ...draft, text: draftText },
    final: { ...final, text: finalText },
  };
}

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

async function timeline(db: Queryable, pair: PairRow): Promise<TimelineEntry[]> {
  const { rows } = await db.query<{ state: string; document: ReportVersion }>(
    `select sv.state, rv.document from study_version sv join report_version rv on rv.id = sv.version_id
     where sv.study_id = $1 order by rv.clock_at, rv.received_at, rv.id`,
    [pair.study_id],
  );
  const sideOf = (id: string) =>
    pair.document.draft.versions.includes(id)
      ? ('draft' as const)
      : pair.document.final.versions.includes(id)
        ? ('final' as const)
        : null;
  return rows.map(({ state, document }) => ({
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
    side: sideOf(document.id),
  }));
}

/** A pair as a reviewer sees it, or null. Accessions are the only identifiers in it that another system knows. */
export async function readCase(db: Queryable, pairId: string): Promise<Case | null> {
  const { rows } = await db.query<PairRow>(
    'select id, study_id, status, status_reason, superseded_by, unedited, document from pair where id = $1',
    [pairId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const accessions = await db.query<{ value: string }>(
    "select distinct value from study_alias where study_id = $1 and kind = 'accession' order by value",
    [row.study_id],
  );
  return {
    pair: await withTexts(db, row),
    status: row.status,
    statusReason: row.status_reason,
    supersededBy: row.superseded_by,
    accessions: accessions.rows.map((alias) => alias.value),
    score: await latestScore(db, pairId),
    alerts: [...(await alertsOfPair(db, pairId))],
    timeline: await timeline(db, row),
  };
}
