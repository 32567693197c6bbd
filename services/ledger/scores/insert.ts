import { OverreadError, type Score } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';
import { insertRows } from '../insert-rows.js';

function row(score: Score) {
  const { result } = score;
  const scored = result.state === 'scored' ? result : null;
  return {
    id: score.id,
    pair_id: score.pairId,
    study_id: score.studyId,
    generator_name: score.generator.name,
    generator_version: score.generator.version,
    modality: score.exam.modality,
    metric_name: score.metric.name,
    metric_version: score.metric.version,
    metric_fingerprint: score.metric.fingerprint,
    state: result.state,
    reason: result.state === 'unscorable' ? result.reason : null,
    significant: scored?.significant ?? null,
    significance: scored?.significance ?? null,
    probability: scored?.probability ?? null,
    divergence: scored?.divergence ?? null,
    alertable: scored?.alertable ?? null,
    quiet: score.quiet,
    scored_at: score.scoredAt,
    document: score,
  };
}

/**
 * Stores scores that are not there yet; returns those. Throws OVR_SCORE_WITHOUT_PAIR when the ledger holds no pair
 * for one of them: pairing commits a pair before anybody can score it.
 */
export async function insertScores(tx: Tx, scores: readonly Score[]): Promise<Score[]> {
  if (scores.length === 0) return [];
  const { rows: orphans } = await tx.query<{ id: string }>(
    'select w.id from unnest($1::text[]) as w (id) left join pair on pair.id = w.id where pair.id is null',
    [scores.map((score) => score.pairId)],
  );
  const orphan = orphans[0];
  if (orphan !== undefined) throw new OverreadError('OVR_SCORE_WITHOUT_PAIR', orphan.id);
  const { rows } = await insertRows<{ id: string }>(
    tx,
    'score',
    scores.map(row),
    'on conflict (id) do nothing returning id',
  );
  const inserted = new Set(rows.map(({ id }) => id));
  return scores.filter((score) => inserted.delete(score.id));
}
