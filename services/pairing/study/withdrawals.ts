import type { Known } from './known.js';
import { isAfter } from './known.js';

const HUMAN_ROLES: ReadonlySet<string> = new Set(['preliminary', 'final', 'corrected', 'addendum']);

function reaches(withdrawal: Known, target: Known): boolean {
  const { source, scope, textHash } = withdrawal.version;
  const { version } = target;
  if (source.kind === 'ai') {
    const cancelled = source.generator;
    const generator = version.source.generator;
    if (version.role !== 'draft' || cancelled === null || generator === null) return false;
    return (
      cancelled.name === generator.name &&
      (cancelled.version === '' || cancelled.version === generator.version)
    );
  }
  if (version.source.kind === 'ai' || !HUMAN_ROLES.has(version.role)) return false;
  if (scope === 'whole') return true;
  return version.role === 'addendum' && (textHash === null || textHash === version.textHash);
}

/**
 * Versions that a withdrawal (X, W) took away. A generator's withdrawal takes its drafts, a human's takes the whole
 * report: finals, corrections, addenda and preliminaries written up to it. Nothing earlier opens again, because X
 * and W speak of the report and not of one version; what is said again or written afterwards counts. A withdrawn
 * part takes addenda alone. Training messages (HL7 table 0103 T, D) withdraw nothing of production.
 */
export function withdrawn(versions: readonly Known[]): ReadonlySet<string> {
  const withdrawals = versions.filter((v) => v.version.role === 'withdrawn');
  const taken = versions.filter((target) =>
    withdrawals.some(
      (w) =>
        w.version.processing === target.version.processing &&
        reaches(w, target) &&
        !isAfter(target.last, w.last),
    ),
  );
  return new Set(taken.map((target) => target.id));
}
