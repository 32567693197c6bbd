import { byClock, isAfter, type Known } from './known.js';
import { squeezed } from './text.js';

/** The text drafts are measured against. */
export type Truth = {
  readonly kind: 'final' | 'preliminary';
  /** In reading order: the whole text, the status message that signed it if any, addenda. */
  readonly versions: readonly Known[];
  /** When the radiologist first put a name to the report: drafts written later are not drafts of it. */
  readonly signedBy: Known;
  /** The final was signed without its text being sent again. */
  readonly promoted: boolean;
};

const isHuman = ({ version }: Known) =>
  version.source.kind === 'radiologist' || version.source.kind === 'resident';

const hasText = ({ version }: Known) => version.text !== null;

const isSigned = ({ version }: Known) =>
  version.role === 'final' ||
  version.role === 'corrected' ||
  (version.role === 'addendum' && version.scope === 'whole');

/** A status without a text has no author to know; only a generator's own status signs nothing. */
const isStatusOnly = (known: Known) =>
  isSigned(known) && !hasText(known) && known.version.source.kind !== 'ai';

/** A training message must not take a production report down: production decides where there is any. */
function preferProduction(versions: readonly Known[]): readonly Known[] {
  const production = versions.filter((v) => v.version.processing === 'P');
  return production.length > 0 ? production : versions;
}

/**
 * The stored text a status-only final signs: the newest preliminary of a human written up to it, else the newest
 * draft; what came by the same feed goes first, because that is the record whose status changed.
 */
function promotable(versions: readonly Known[], status: Known): Known | undefined {
  const before = versions.filter((v) => hasText(v) && !isAfter(v.first, status.last));
  const preliminaries = before.filter((v) => v.version.role === 'preliminary' && isHuman(v));
  const drafts = before.filter((v) => v.version.role === 'draft');
  const candidates = preliminaries.length > 0 ? preliminaries : drafts;
  const sameFeed = candidates.filter((v) => v.version.feed === status.version.feed);
  return (sameFeed.length > 0 ? sameFeed : candidates).toSorted(byClock).at(-1);
}

/** Addenda whose words the report does not hold yet: feeds that repeat the whole report would say them twice. */
function missingAddenda(base: Known, addenda: readonly Known[]): readonly Known[] {
  let said = squeezed(base.version.text ?? '');
  return addenda.filter(({ version }) => {
    const words = squeezed(version.text ?? '');
    if (words === '' || said.includes(words)) return false;
    said += ` ${words}`;
    return true;
  });
}

/**
 * The current truth out of the versions of a study that are live and not withdrawn, or null. A final, a correction
 * and an addendum that repeats the whole report are whole texts: the newest is the truth, with every addendum it
 * does not hold. Without a whole text a status-only final promotes a stored one. Versions of unknown authors never
 * become truth.
 */
export function truthOf(
  versions: readonly Known[],
  rules: { readonly scorePreliminaries: boolean },
): Truth | null {
  const reports = preferProduction(versions.filter((v) => isStatusOnly(v) || (isHuman(v) && hasText(v))));
  const signed = reports.filter(isSigned).toSorted(byClock);
  const signedBy = signed[0];
  if (signedBy === undefined) return rules.scorePreliminaries ? preliminaryTruth(reports) : null;
  const written = signed.filter(hasText).at(-1);
  const status = signed.at(-1) ?? signedBy;
  const base = written ?? promotable(versions, status);
  if (base === undefined) return null;
  const addenda = reports
    .filter((v) => v.version.role === 'addendum' && v.version.scope === 'part')
    .toSorted(byClock);
  return {
    kind: 'final',
    versions: [base, ...(written === undefined ? [status] : []), ...missingAddenda(base, addenda)],
    signedBy,
    promoted: written === undefined,
  };
}

function preliminaryTruth(reports: readonly Known[]): Truth | null {
  const newest = reports
    .filter((v) => v.version.role === 'preliminary' && v.version.scope === 'whole')
    .toSorted(byClock)
    .at(-1);
  return newest === undefined
    ? null
    : { kind: 'preliminary', versions: [newest], signedBy: newest, promoted: false };
}

/** Signed by a message without a text, and no text has come to sign. */
export function signedWithoutText(versions: readonly Known[]): readonly Known[] {
  return versions.filter(isStatusOnly);
}
