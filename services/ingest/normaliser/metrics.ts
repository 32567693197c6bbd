import { FeedMatch } from '../../../contracts/index.js';
import type { Metrics } from '../../platform/index.js';
import type { NormaliseResult } from './result.js';

/** Counts what became of each message. No label holds anything of a patient or a study. */
export type NormaliserMetrics = { count(result: NormaliseResult, transport: string): void };

const OUTCOMES = {
  'overread.report.received': 'report',
  'overread.patient.merged': 'merge',
  'overread.identifier.corrected': 'correction',
} as const;

export function normaliserMetrics(metrics: Metrics): NormaliserMetrics {
  const normalised = metrics.counter({
    name: 'overread_messages_normalised_total',
    help: 'Messages read by the normaliser, by what they led to.',
    labels: ['feed', 'outcome'],
  });
  const versions = metrics.counter({
    name: 'overread_report_versions_total',
    help: 'Report versions published, by role and kind of author.',
    labels: ['feed', 'role', 'source'],
  });
  const flags = metrics.counter({
    name: 'overread_report_flags_total',
    help: 'Oddities of report versions worth showing to IT.',
    labels: ['feed', 'flag'],
  });
  const quarantined = metrics.counter({
    name: 'overread_messages_quarantined_total',
    help: 'Messages no feed rule matched.',
    labels: ['transport'],
  });
  // From zero on, so that a rate sees the first one.
  for (const transport of FeedMatch.shape.transport.unwrap().options) quarantined.inc({ transport }, 0);
  const refused = metrics.counter({
    name: 'overread_messages_unusable_total',
    help: 'Messages a feed matched that could not be used, by error code.',
    labels: ['feed', 'code'],
  });
  return {
    count(result, transport) {
      if (result.kind === 'quarantined') return quarantined.inc({ transport });
      const { feed } = result;
      if (result.kind === 'refused') {
        refused.inc({ feed, code: result.error.code });
        return normalised.inc({ feed, outcome: 'refused' });
      }
      for (const reason of result.ignored) normalised.inc({ feed, outcome: `ignored_${reason}` });
      for (const event of result.events) {
        normalised.inc({ feed, outcome: OUTCOMES[event.type] });
        if (event.type !== 'overread.report.received') continue;
        versions.inc({ feed, role: event.data.role, source: event.data.source.kind });
        for (const flag of event.data.flags) flags.inc({ feed, flag });
      }
    },
  };
}
