import {
  OverreadError,
  ReportSubmission,
  type ResultStatus,
  type Role,
  type Section,
  type SourceKind,
} from '../../../../contracts/index.js';
import type { Reading } from '../result.js';
import { timesOf } from '../rules/clock.js';
import type { FeedRules } from '../rules/feed-rules.js';
import { aliasesOf } from '../rules/identifiers.js';
import { modalityOf } from '../rules/modality.js';
import { type Composed, compose } from '../text/compose.js';
import { completeVersion, type MessageFacts } from '../version.js';

/** The submitter says the role; status and author follow from it. */
const ROLES: Readonly<Record<Role, { readonly status: ResultStatus; readonly kind: SourceKind }>> = {
  draft: { status: 'preliminary', kind: 'ai' },
  preliminary: { status: 'preliminary', kind: 'resident' },
  final: { status: 'final', kind: 'radiologist' },
  addendum: { status: 'final', kind: 'radiologist' },
  corrected: { status: 'corrected', kind: 'radiologist' },
  withdrawn: { status: 'cancelled', kind: 'ai' },
};

function parse(bytes: Buffer): ReportSubmission {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new OverreadError('OVR_SUBMISSION_UNREADABLE', 'not JSON', { cause });
  }
  const result = ReportSubmission.safeParse(body);
  if (result.success) return result.data;
  const paths = result.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
  throw new OverreadError('OVR_SUBMISSION_UNREADABLE', `at ${paths}`);
}

/** Sections given with a text are looked up in it, in order; given alone they are the text. */
function composeSubmission(
  { text, sections }: ReportSubmission,
  rules: FeedRules,
): { composed: Composed; lost: boolean } {
  if (text.trim() === '') {
    const pieces = sections.map((s) => ({ text: s.text, section: s.name, body: false }));
    return { composed: compose(pieces, '\n\n', () => []), lost: false };
  }
  const found: Section[] = [];
  for (const { name, text: words } of sections) {
    const start = text.indexOf(words, found.at(-1)?.end ?? 0);
    if (words !== '' && start !== -1) found.push({ name, start, end: start + words.length });
  }
  if (found.length > 0) return { composed: { text, sections: found }, lost: found.length < sections.length };
  const composed = compose([{ text, section: null, body: true }], '\n', rules.findHeadings);
  return { composed, lost: sections.length > 0 };
}

/** A body of `POST /api/v1/reports`. Throws OVR_SUBMISSION_UNREADABLE, OVR_IDENTIFIER_MISSING. */
export function readSubmission(bytes: Buffer, rules: FeedRules, facts: MessageFacts): Reading {
  const body = parse(bytes);
  const { status, kind: byRole } = ROLES[body.role];
  const kind = rules.feed.sourceKind === 'any' ? byRole : rules.feed.sourceKind;
  const { composed, lost } = composeSubmission(body, rules);
  const { times, flags } = timesOf(
    body.time === undefined ? [] : [body.time],
    rules.zone,
    facts.attributes.receivedat,
  );
  const empty = composed.text.trim() === '';
  const version = completeVersion(
    {
      site: body.site,
      controlId: '',
      aliases: aliasesOf(
        {
          accessions: body.accession === undefined ? [] : [body.accession],
          studyUids: body.studyUid === undefined ? [] : [body.studyUid],
          placers: [],
        },
        body.site,
        rules.accession,
      ),
      role: kind === 'ai' && body.role !== 'withdrawn' ? 'draft' : body.role,
      status: { field: 'role', raw: body.role, value: status },
      source: { kind, generator: kind === 'ai' ? body.generator : null, author: null },
      patients: [],
      exam: {
        modality: modalityOf([body.exam.modality ?? '']),
        code: body.exam.code ?? null,
        description: body.exam.description ?? null,
      },
      context: {
        age: body.context.age ?? null,
        sex: body.context.sex ?? null,
        indication: body.context.indication ?? null,
      },
      text: empty ? null : composed.text,
      sections: empty ? [] : composed.sections,
      scope: body.role === 'addendum' ? 'part' : 'whole',
      processing: body.processing,
      times,
      charset: 'utf-8',
      flags: [...flags, ...(lost ? ['sections_not_in_text'] : [])],
    },
    facts,
    rules,
  );
  return { events: [{ type: 'overread.report.received', data: version }], ignored: [] };
}
