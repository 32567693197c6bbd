import type { Queryable } from '../../platform/index.js';

/** What is written down about people: looks at report text and everything that changes something. */
export const AUDIT_ACTIONS = [
  'case.viewed',
  'alert.acknowledged',
  'dead-letter.viewed',
  'dead-letter.retried',
  'replay.started',
  'replay.ended',
  'rules.tried',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** `subject` is an opaque id; `detail` holds no report text and no identifiers. */
export type AuditEntry = {
  readonly at: Date;
  readonly actor: string;
  readonly action: AuditAction;
  readonly subject: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
};

export async function recordAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query(
    'insert into audit (at, actor, action, subject, detail) values ($1, $2, $3, $4, $5::jsonb)',
    [entry.at, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail ?? {})],
  );
}

/** What was done to a subject, oldest first. */
export async function auditOf(db: Queryable, subject: string): Promise<readonly Required<AuditEntry>[]> {
  const { rows } = await db.query<Required<AuditEntry>>(
    'select at, actor, action, subject, detail from audit where subject = $1 order by id',
    [subject],
  );
  return rows;
}
