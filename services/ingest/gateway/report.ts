import type { ErrorCode } from '../../../contracts/index.js';

/** What the log may know: codes, names of configured things, counts. */
export type ReportFields = Readonly<Record<string, string | number | boolean>>;

/** The gateway's log, which may have to cross a thread. Never message bytes, names or identifiers. */
export type Report = (level: 'info' | 'warn' | 'error', message: string, fields: ReportFields) => void;

/** One finding with its code, as an entry of the log. */
export function reportCode(
  report: Report,
  code: ErrorCode,
  message: string,
  fields: ReportFields = {},
): void {
  report('warn', message, { code, ...fields });
}
