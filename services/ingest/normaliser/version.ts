import { createHash } from 'node:crypto';
import {
  type MessageAttributes,
  OverreadError,
  type ReportVersion,
  type Section,
} from '../../../contracts/index.js';
import { deterministicId } from '../../platform/index.js';
import type { FeedRules } from './rules/feed-rules.js';

/** What every version takes over from its message, whatever it was written in. */
export type MessageFacts = {
  /** Id of the stored message: sha256 of feed and bytes. */
  readonly id: string;
  readonly attributes: MessageAttributes;
  /** Key of the pseudonyms of patients and people. */
  readonly hashKey: string;
};

/** A version before what follows from its parts is worked out. */
export type VersionParts = Omit<
  ReportVersion,
  'id' | 'feed' | 'transport' | 'messageId' | 'textHash' | 'normaliser' | 'sections'
> & { readonly sections: readonly Section[] };

const TEMPLATE = /\{[A-Za-z][^{}\n]{2,200}\}/;

function textFlags(text: string | null): string[] {
  if (text === null) return [];
  if (text.trim() === '') return ['empty_text'];
  return TEMPLATE.test(text) ? ['unfilled_template'] : [];
}

/**
 * The same report has the same id by whatever transport, message or control id it comes: site, source, aliases, role
 * and text. A test message (MSH-11 T, D) never hides the production message that follows it.
 */
function versionId(parts: VersionParts, textHash: string | null): string {
  const { kind, generator } = parts.source;
  const aliases = parts.aliases.map((a) => `${a.kind}|${a.site}|${a.value}`).sort();
  return deterministicId(
    'rv',
    parts.site,
    `${kind}|${generator?.name ?? ''}|${generator?.version ?? ''}`,
    aliases.join('\n'),
    parts.role,
    textHash ?? `no text|${parts.status.value}`,
    ...(parts.processing === 'P' ? [] : [parts.processing]),
  );
}

/** Completes a version. Throws OVR_IDENTIFIER_MISSING where it names no study. */
export function completeVersion(parts: VersionParts, facts: MessageFacts, rules: FeedRules): ReportVersion {
  if (parts.aliases.length === 0)
    throw new OverreadError('OVR_IDENTIFIER_MISSING', `feed ${rules.feed.name}`);
  const textHash = parts.text === null ? null : createHash('sha256').update(parts.text).digest('hex');
  const intake = facts.attributes.flags.split(' ').filter((flag) => flag !== '');
  return {
    ...parts,
    id: versionId(parts, textHash),
    feed: rules.feed.name,
    transport: facts.attributes.transport,
    messageId: facts.id,
    textHash,
    sections: [...parts.sections],
    normaliser: rules.revision,
    flags: [...new Set([...intake, ...parts.flags, ...textFlags(parts.text)])],
  };
}
