import type { ResultStatus, Role, SourceKind } from '../../../../contracts/index.js';

/** What of a version decides its role beside its status. */
export type RoleFacts = {
  readonly kind: SourceKind;
  readonly status: ResultStatus;
  /** The text is, or begins with, an addendum. */
  readonly addendum: boolean;
  /** The message replaces a document that was final (MDM T08, T10). */
  readonly replacement: boolean;
};

const HUMAN: Readonly<Record<Exclude<ResultStatus, 'ignore'>, Role>> = {
  preliminary: 'preliminary',
  final: 'final',
  promote: 'final',
  corrected: 'corrected',
  cancelled: 'withdrawn',
};

/**
 * Role of a version. Whatever status a generator gives its text, it stays a draft: status alone never tells a machine
 * from a person. An addendum is one whatever the status, because feeds send it as F and even as Prelim; a correction
 * of the whole stays a correction.
 */
export function roleOf({ kind, status, addendum, replacement }: RoleFacts): Role {
  if (status === 'cancelled') return 'withdrawn';
  if (kind === 'ai') return 'draft';
  if (addendum && status !== 'corrected') return 'addendum';
  if (replacement && status === 'final') return 'corrected';
  return status === 'ignore' ? 'preliminary' : HUMAN[status];
}
