import { randomUUID } from 'node:crypto';
import type { Header } from '../../header.js';

/** HL7 table 0008. */
export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** HL7 table 0357, the ones in use here. */
export const CONDITIONS = {
  '100': 'Segment sequence error',
  '200': 'Unsupported message type',
  '207': 'Application internal error',
} as const;
export type Condition = keyof typeof CONDITIONS;

export type AckProblem = { readonly condition: Condition; readonly text: string };

export type AckOptions = {
  readonly code: AckCode;
  /** Null where no MSH could be read: then MSA-2 is empty. */
  readonly header: Header | null;
  readonly problem: AckProblem | null;
  readonly now: Date;
  readonly controlId?: string;
};

const MSA_TEXT_CHARACTERS = 80;
/** An echoed field is never longer than HL7 allows any of them; a sender must not choose the size of our answers. */
const ECHO_CHARACTERS = 1024;

/** Control characters of a sender's field would end our segment or our frame. */
function echo(header: Header | null, field: number): string {
  const text = (header?.field(field) ?? '').slice(0, ECHO_CHARACTERS);
  return [...text].filter((character) => character >= ' ').join('');
}

/** `YYYYMMDDHHMMSS+0000` */
function timestamp(now: Date): string {
  return `${now.toISOString().replace(/[-:T]/g, '').slice(0, 14)}+0000`;
}

/** 19 characters: HL7 before 2.7 allows MSH-10 20 of them. */
export function newControlId(): string {
  return `OVR${randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()}`;
}

/**
 * An acknowledgement (HL7 v2 chapter 2.9.2): MSH-3 to 6 swapped, MSH-11, 12 and 18 echoed, MSA-2 the MSH-10 as sent
 * even if empty. Says nothing of the message but its own code. The echoed fields are bytes as latin1, so write it so.
 */
export function buildAck({ code, header, problem, now, controlId = newControlId() }: AckOptions): Buffer {
  const separator = header?.separator ?? '|';
  const encoding = echo(header, 2) || '^~\\&';
  const component = encoding.charAt(0);
  const row = (...fields: readonly string[]) => fields.join(separator);
  const trigger = echo(header, 9).split(component)[1] ?? '';
  const type = trigger === '' ? 'ACK' : ['ACK', trigger, 'ACK'].join(component);
  const msh = [
    'MSH',
    encoding,
    echo(header, 5),
    echo(header, 6),
    echo(header, 3),
    echo(header, 4),
    timestamp(now),
    '',
    type,
    controlId,
    header === null ? 'P' : echo(header, 11),
    header === null ? '2.5.1' : echo(header, 12),
  ];
  const charset = echo(header, 18);
  if (charset !== '') msh.push('', '', '', '', '', charset);
  const text = problem?.text.slice(0, MSA_TEXT_CHARACTERS) ?? '';
  const rows = [row(...msh), row('MSA', code, echo(header, 10), ...(text === '' ? [] : [text]))];
  if (problem !== null) {
    const condition = [problem.condition, CONDITIONS[problem.condition], 'HL70357'].join(component);
    rows.push(row('ERR', '', '', condition, 'E', '', '', '', text));
  }
  return Buffer.from(`${rows.join('\r')}\r`, 'latin1');
}
