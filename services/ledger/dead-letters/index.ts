import {
  type DeadLetterDetail,
  type DeadLetterItem,
  type DeadLetterPage,
  type DeadLetterQuery,
  OverreadError,
} from '../../../contracts/index.js';
import type { Queryable, Tx } from '../../platform/index.js';
import { Conditions } from '../shared/conditions.js';
import { DeadLetterPlace, decodeCursor, encodeCursor } from '../shared/cursor.js';

/** An event a stage gave up on, as it is kept. */
export type DeadLetter = {
  readonly id: string;
  readonly code: string;
  readonly stage: string;
  readonly detail: string;
  readonly attempts: number;
  readonly originalTopic: string;
  readonly originalType: string;
  readonly originalId: string;
  readonly originalKey: string;
  readonly originalAttributes: Readonly<Record<string, string>>;
  readonly originalContentType: string;
  readonly originalData: Buffer;
  readonly at: Date;
};

type ItemRow = {
  id: string;
  code: string;
  stage: string;
  detail: string;
  attempts: number;
  original_topic: string;
  original_type: string;
  original_id: string;
  bytes: number;
  at: Date;
  at_ms: number;
  state: DeadLetterItem['state'];
  changed_by: string | null;
  changed_at: Date | null;
};
type DetailRow = ItemRow & {
  original_key: string;
  original_content_type: string;
  original_attributes: Record<string, string>;
  original_data: Uint8Array;
};

const AT = 'floor(extract(epoch from at) * 1000)::bigint';
const ITEM = `id, code, stage, detail, attempts, original_topic, original_type, original_id, at, ${AT} as at_ms,
  octet_length(original_data) as bytes, state, changed_by, changed_at`;
const DETAIL = `${ITEM}, original_key, original_content_type, original_attributes, original_data`;

/** PostgreSQL's text holds no NUL (jsonb neither); a broken message may. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}

function itemOf(row: ItemRow): DeadLetterItem {
  return {
    id: row.id,
    code: row.code,
    stage: row.stage,
    detail: row.detail,
    attempts: row.attempts,
    originalTopic: row.original_topic,
    originalType: row.original_type,
    originalId: row.original_id,
    bytes: row.bytes,
    at: row.at.toISOString(),
    state: row.state,
    changedBy: row.changed_by,
    changedAt: row.changed_at?.toISOString() ?? null,
  };
}

function detailOf(row: DetailRow): DeadLetterDetail {
  return {
    ...itemOf(row),
    originalKey: row.original_key,
    originalContentType: row.original_content_type,
    originalAttributes: row.original_attributes,
    originalData: Buffer.from(row.original_data).toString('base64'),
  };
}

/** Keeps a dead letter, once. What fails again after a retry is another letter. Returns whether it is new. */
export async function storeDeadLetter(db: Queryable, letter: DeadLetter): Promise<boolean> {
  const attributes = Object.entries(letter.originalAttributes).map(
    ([name, value]) => [storable(name), storable(value)] as const,
  );
  const { rowCount } = await db.query(
    `insert into dead_letter (id, code, stage, detail, attempts, original_topic, original_type, original_id,
       original_key, original_attributes, original_content_type, original_data, at, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13, 'open')
     on conflict (id) do nothing
     returning id`,
    [
      letter.id,
      storable(letter.code),
      storable(letter.stage),
      storable(letter.detail),
      letter.attempts,
      letter.originalTopic,
      letter.originalType,
      storable(letter.originalId),
      storable(letter.originalKey),
      JSON.stringify(Object.fromEntries(attributes)),
      storable(letter.originalContentType),
      letter.originalData,
      letter.at,
    ],
  );
  return rowCount > 0;
}

function conditions(query: DeadLetterQuery): Conditions {
  return new Conditions()
    .addIf('state = ?', query.state === 'any' ? undefined : query.state)
    .addIf('stage = ?', query.stage)
    .addIf('code = ?', query.code);
}

/** Newest first. Throws OVR_REQUEST_INVALID for a foreign cursor. */
export async function listDeadLetters(db: Queryable, query: DeadLetterQuery): Promise<DeadLetterPage> {
  const all = conditions(query);
  const total = await db.query<{ n: number }>(
    `select count(*) as n from dead_letter where ${all.where}`,
    all.params,
  );
  const c = conditions(query);
  if (query.after !== undefined) {
    const [at, id] = decodeCursor(query.after, DeadLetterPlace);
    c.add(`(${AT}, id) < (?::bigint, ?::text)`, at, id);
  }
  const { rows } = await db.query<ItemRow>(
    `select ${ITEM} from dead_letter where ${c.where} order by ${AT} desc, id desc limit ${query.limit + 1}`,
    c.params,
  );
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    deadLetters: shown.map(itemOf),
    total: total.rows[0]?.n ?? 0,
    next: rows.length > shown.length && last !== undefined ? encodeCursor([last.at_ms, last.id]) : null,
  };
}

export async function deadLetter(db: Queryable, id: string): Promise<DeadLetterDetail | null> {
  const { rows } = await db.query<DetailRow>(`select ${DETAIL} from dead_letter where id = $1`, [id]);
  return rows[0] === undefined ? null : detailOf(rows[0]);
}

/**
 * Open to retried, with the original to put back. The row is locked, so that two people retry once. Throws
 * OVR_NOT_FOUND and OVR_DEAD_LETTER_DONE.
 */
export async function markRetried(tx: Tx, id: string, actor: string, at: Date): Promise<DeadLetterDetail> {
  const { rows } = await tx.query<DetailRow>(`select ${DETAIL} from dead_letter where id = $1 for update`, [
    id,
  ]);
  const row = rows[0];
  if (row === undefined) throw new OverreadError('OVR_NOT_FOUND', 'dead letter');
  if (row.state !== 'open') throw new OverreadError('OVR_DEAD_LETTER_DONE');
  await tx.query("update dead_letter set state = 'retried', changed_by = $2, changed_at = $3 where id = $1", [
    id,
    actor,
    at,
  ]);
  return { ...detailOf(row), state: 'retried', changedBy: actor, changedAt: at.toISOString() };
}

export async function openDeadLetters(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    "select count(*) as n from dead_letter where state = 'open'",
  );
  return rows[0]?.n ?? 0;
}
