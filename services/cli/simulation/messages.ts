import type { Divergence } from './report-texts.js';

export type SimulatedPatient = {
  readonly number: string;
  readonly name: string;
  readonly birthDate: string;
  readonly sex: 'F' | 'M';
};

export type SimulatedExam = {
  readonly accession: string;
  readonly studyUid: string;
  readonly placer: string;
  readonly patient: SimulatedPatient;
  readonly indication: string;
  readonly performedAt: Date;
};

/** What the sender of a message is; each has its own connections and its own feed rule. */
export type Sender = 'generator' | 'ris';

export type SimulatedMessage = {
  readonly sender: Sender;
  readonly what: 'draft' | 'preliminary' | 'final' | 'addendum' | 'correction' | 'withdrawal' | 'resend';
  readonly accession: string;
  readonly divergence: Divergence;
  readonly hl7: string;
};

export type ReportMessage = {
  readonly sender: Sender;
  readonly status: 'P' | 'F' | 'C' | 'X';
  readonly controlId: string;
  readonly writtenAt: Date;
  readonly text: string;
  /** Said before the text, as an addendum block. */
  readonly addendum?: string;
  readonly exam: SimulatedExam;
};

const HEADINGS: Readonly<Record<string, string>> = { 'FINDINGS:': 'GDT', 'IMPRESSION:': 'IMP' };

/** HL7 DTM in UTC with seconds (HL7 v2.5.1 chapter 2.A.22). */
function dtm(at: Date): string {
  return `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}+0000`;
}

function escaped(text: string): string {
  return text.replace(
    /[\\|^&~]/g,
    (c) => ({ '\\': '\\E\\', '|': '\\F\\', '^': '\\S\\', '&': '\\T\\', '~': '\\R\\' })[c] ?? c,
  );
}

function observations({ text, addendum, status, writtenAt }: ReportMessage): string[] {
  const lines: { suffix: string; line: string }[] = [];
  if (addendum !== undefined) {
    lines.push(...addendum.split('\n').map((line) => ({ suffix: 'ADT', line })));
  }
  let suffix = 'GDT';
  for (const line of text.split('\n')) {
    suffix = HEADINGS[line] ?? suffix;
    lines.push({ suffix, line });
  }
  return lines.map(
    ({ suffix: s, line }, index) =>
      `OBX|${index + 1}|TX|71046&${s}^XR CHEST||${escaped(line)}||||||${status}|||${dtm(writtenAt)}`,
  );
}

/** An ORU^R01 2.5.1 as the simulated generator or the simulated RIS writes it. Segments end with CR. */
export function reportMessage(message: ReportMessage): string {
  const { sender, status, controlId, writtenAt, exam } = message;
  const from = sender === 'generator' ? 'SIM-DRAFTER|SIM-VENDOR' : 'SIM-RIS|SIM-HOSPITAL';
  const { patient } = exam;
  const author = sender === 'generator' ? 'SIM-DRAFTER' : '9001&EXAMPLE&RADIOLOGIST';
  const obr = [
    'OBR',
    '1',
    exam.placer,
    exam.accession,
    '71046^XR CHEST 2 VIEWS',
    '',
    '',
    dtm(exam.performedAt),
    ...Array<string>(14).fill(''),
    dtm(writtenAt),
    '',
    'DX',
    status,
    ...Array<string>(5).fill(''),
    `^${escaped(exam.indication)}`,
    author,
  ].join('|');
  return [
    `MSH|^~\\&|${from}|OVERREAD|OVERREAD|${dtm(writtenAt)}||ORU^R01^ORU_R01|${controlId}|P|2.5.1|||AL|NE||UNICODE UTF-8`,
    `PID|1||${patient.number}^^^SIM^MR||${patient.name}||${patient.birthDate}|${patient.sex}`,
    `ORC|RE|${exam.placer}|${exam.accession}`,
    obr,
    ...(status === 'X' ? [] : observations(message)),
    `ZDS|${exam.studyUid}^OVERREAD^APPLICATION^DICOM${sender === 'generator' ? '||||1.4.0' : ''}`,
    '',
  ].join('\r');
}
