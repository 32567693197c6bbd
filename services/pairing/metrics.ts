import { countWaiting } from '../ledger/index.js';
import type { Clock, Database, Metrics } from '../platform/index.js';
import type { Batch } from './record.js';
import type { Resolution } from './resolve.js';

const PAIR_LABELS = ['generator', 'version', 'modality'] as const;
const SIDES = ['final', 'draft'] as const;

/** Counts what a committed batch did. Repeats of events count as received and nowhere else. */
export type PairingMetrics = { observe(batch: Batch, resolution: Resolution): void };

export function createPairingMetrics(
  metrics: Metrics,
  { database, clock }: { readonly database: Database; readonly clock: Clock },
): PairingMetrics {
  const received = metrics.counter({
    name: 'overread_versions_received_total',
    help: 'Report versions that reached pairing.',
    labels: ['feed', 'role', 'kind'],
  });
  const perPair = (name: `overread_${string}`, help: string) =>
    metrics.counter({ name, help, labels: PAIR_LABELS });
  const ready = perPair('overread_pairs_ready_total', 'Pairs that became active and went to scoring.');
  const ends = {
    superseded: perPair('overread_pairs_superseded_total', 'Active pairs that a newer pair replaced.'),
    withdrawn: perPair('overread_pairs_withdrawn_total', 'Active pairs that were taken away.'),
  };
  const unedited = perPair('overread_unedited_total', 'Pairs whose final is the draft, word for word.');
  watchWaiting(metrics, database, clock);
  return {
    observe(batch, resolution) {
      for (const { version } of batch.arrivals) {
        received.inc({ feed: version.feed, role: version.role, kind: version.source.kind });
      }
      for (const { kind, stored } of resolution.pairs) {
        const { generator, exam, unedited: same } = stored.record;
        const labels = {
          generator: generator.name,
          version: generator.version,
          modality: exam.modality ?? '',
        };
        if (kind === 'ready') {
          ready.inc(labels);
          if (same && stored.revision === 1) unedited.inc(labels);
        } else if (kind === 'told' && stored.status !== 'active') {
          ends[stored.status].inc(labels);
        }
      }
    },
  };
}

function watchWaiting(metrics: Metrics, database: Database, clock: Clock): void {
  const oldest = metrics.gauge({
    name: 'overread_unpaired_oldest_seconds',
    help: 'Age of the study that has waited longest for a side.',
    labels: ['missing'],
  });
  metrics.gauge(
    {
      name: 'overread_unpaired_studies',
      help: 'Studies that lack a side.',
      labels: ['missing'],
    },
    async (gauge) => {
      const counts = await countWaiting(database);
      for (const missing of SIDES) {
        const found = counts.find((c) => c.missing === missing);
        gauge.set({ missing }, found?.studies ?? 0);
        const since = found?.oldest?.getTime() ?? clock.now().getTime();
        oldest.set({ missing }, Math.max(0, (clock.now().getTime() - since) / 1000));
      }
    },
  );
}
