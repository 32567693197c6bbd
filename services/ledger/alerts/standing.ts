import type { Alert, Discrepancy, Generator, PairStatus } from '../../../contracts/index.js';
import type { Tx } from '../../platform/index.js';

/** The metric's word on a pair, as far as rules look at it; `discrepancies` is empty unless `alertable`. */
export type Verdict = {
  readonly alertable: boolean;
  readonly discrepancies: readonly Pick<Discrepancy, 'aspect' | 'significance' | 'significant'>[];
};

/** `verdict` is null while no score that may speak for the pair is known: none yet, unscorable, quiet, or not production. */
export type StandingPair = {
  readonly id: string;
  readonly modality: string | null;
  readonly completedAt: Date;
  readonly verdict: Verdict | null;
};

export type StandingAlert = {
  readonly alert: Alert;
  readonly shadow: boolean;
  /** Of the pair the alert points at. */
  readonly pairStatus: PairStatus;
};

/** Everything that decides the alerts of one study and generator: its active pairs and the alerts it has. */
export type Standing = {
  readonly studyId: string;
  readonly generator: Generator;
  readonly pairs: readonly StandingPair[];
  readonly alerts: readonly StandingAlert[];
};

const ALERTING_LOCK = 7_210_003;

/**
 * One lane for all that decides alerts, across processes, until the transaction ends. Two events of one study (a
 * score here, a pair state there) must see each other's result, and the budget of a day must be counted once.
 */
export async function lockAlerting(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [ALERTING_LOCK]);
}

type Key = { study_id: string; generator_name: string; generator_version: string };

type PairRow = Key & {
  id: string;
  status: PairStatus;
  modality: string | null;
  completed_at: Date;
  alertable: boolean | null;
  discrepancies: Verdict['discrepancies'] | null;
};

type AlertRow = Key & { document: Alert; shadow: boolean; pair_status: PairStatus };

const TOUCHED = `with touched as (
  select distinct study_id, generator_name, generator_version from pair where id = any($1::text[]))`;

/**
 * The standing of every study and generator that one of `pairIds` belongs to, by today's study ids. Call after
 * `lockAlerting`. Alert rows stay locked, so that no acknowledgement slips in between reading and writing.
 */
export async function readStandings(tx: Tx, pairIds: readonly string[]): Promise<Standing[]> {
  if (pairIds.length === 0) return [];
  const pairs = await tx.query<PairRow>(
    `${TOUCHED}
     select t.*, p.id, p.status, p.modality, p.completed_at, v.alertable, v.discrepancies
     from touched t
     join pair p using (study_id, generator_name, generator_version)
     left join lateral (
       select s.alertable, case when s.alertable then s.document -> 'result' -> 'discrepancies' end as discrepancies
       from score s
       where s.pair_id = p.id and s.state = 'scored' and not s.quiet and p.processing = 'P'
       order by s.scored_at desc, s.id desc limit 1) v on true
     where p.status = 'active' or p.id = any($1::text[])
     order by p.study_id, p.generator_name, p.generator_version, p.id`,
    [pairIds],
  );
  const alerts = await tx.query<AlertRow>(
    `${TOUCHED}
     select t.*, a.document, a.shadow, p.status as pair_status
     from touched t
     join pair p using (study_id, generator_name, generator_version)
     join alert a on a.pair_id = p.id
     order by a.id
     for update of a`,
    [pairIds],
  );
  return gather(pairs.rows, alerts.rows);
}

function keyOf(row: Key): string {
  return JSON.stringify([row.study_id, row.generator_name, row.generator_version]);
}

function gather(pairRows: readonly PairRow[], alertRows: readonly AlertRow[]): Standing[] {
  const standings = new Map<string, Standing & { pairs: StandingPair[]; alerts: StandingAlert[] }>();
  for (const row of pairRows) {
    const key = keyOf(row);
    const standing = standings.get(key) ?? {
      studyId: row.study_id,
      generator: { name: row.generator_name, version: row.generator_version },
      pairs: [],
      alerts: [],
    };
    standings.set(key, standing);
    if (row.status !== 'active') continue;
    const verdict =
      row.alertable === null ? null : { alertable: row.alertable, discrepancies: row.discrepancies ?? [] };
    standing.pairs.push({ id: row.id, modality: row.modality, completedAt: row.completed_at, verdict });
  }
  for (const row of alertRows) {
    standings
      .get(keyOf(row))
      ?.alerts.push({ alert: row.document, shadow: row.shadow, pairStatus: row.pair_status });
  }
  return [...standings.values()];
}
