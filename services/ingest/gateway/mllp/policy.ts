import { type MllpListenerConfig, OverreadError } from '../../../../contracts/index.js';
import type { Header } from '../../header.js';
import type { AckCode, AckProblem } from './ack.js';

/** What a sender hears: an acknowledgement, nothing at all, or the end of the connection. */
export type Answer =
  | { readonly kind: 'ack'; readonly code: AckCode; readonly problem: AckProblem | null }
  | { readonly kind: 'silence' }
  | { readonly kind: 'close' };

type Verdict = { readonly letter: 'A' | 'E' | 'R'; readonly problem: AckProblem | null };

/** Refusals that are about the message. Any other failure means it could not be stored: the listener's policy. */
const REFUSALS: Readonly<Record<string, Verdict>> = {
  OVR_HL7_NO_MSH: {
    letter: 'R',
    problem: { condition: '100', text: 'OVR_HL7_NO_MSH: the message does not begin with MSH' },
  },
  OVR_MESSAGE_TYPE_FORBIDDEN: {
    letter: 'R',
    problem: { condition: '200', text: 'OVR_MESSAGE_TYPE_FORBIDDEN: this feed forbids the message type' },
  },
  OVR_MESSAGE_TOO_LARGE: {
    letter: 'E',
    problem: { condition: '207', text: 'OVR_MESSAGE_TOO_LARGE: over the size limit, do not resend' },
  },
};

const STORED: Verdict = { letter: 'A', problem: null };

function storeFailure(error: unknown, letter: 'E' | 'R'): Verdict {
  const code = error instanceof OverreadError ? error.code : 'OVR_GATEWAY_UNAVAILABLE';
  return { letter, problem: { condition: '207', text: `${code}: not stored, send it again` } };
}

/** MSH-15 and MSH-16 (HL7 table 0155): whether that acknowledgement is wanted. */
function wanted(condition: string, letter: Verdict['letter']): boolean {
  if (condition === 'AL') return true;
  return condition === (letter === 'A' ? 'SU' : 'ER');
}

const ORIGINAL = { A: 'AA', E: 'AE', R: 'AR' } as const satisfies Record<Verdict['letter'], AckCode>;
const COMMIT = { A: 'CA', E: 'CE', R: 'CR' } as const satisfies Record<Verdict['letter'], AckCode>;

/**
 * The answer to one message; `error` is null where it is stored durably. In enhanced mode (HL7 v2 chapter 2.9.3,
 * only where the listener follows MSH-15 and MSH-16 and the sender fills one) the commit acknowledgement is sent if
 * MSH-15 wants it, else an application acknowledgement if MSH-16 does, else nothing.
 */
export function answerTo(
  header: Header | null,
  error: unknown,
  config: Pick<MllpListenerConfig, 'onStoreFailure' | 'acknowledgementMode'>,
): Answer {
  const known = error === null ? STORED : REFUSALS[error instanceof OverreadError ? error.code : ''];
  if (known === undefined && config.onStoreFailure === 'close') return { kind: 'close' };
  const { letter, problem } = known ?? storeFailure(error, config.onStoreFailure === 'AR' ? 'R' : 'E');
  const [accept, application] = [15, 16].map((field) => header?.field(field).trim().toUpperCase() ?? '');
  if (config.acknowledgementMode === 'original' || (accept === '' && application === '')) {
    return { kind: 'ack', code: ORIGINAL[letter], problem };
  }
  if (wanted(accept ?? '', letter)) return { kind: 'ack', code: COMMIT[letter], problem };
  if (wanted(application ?? '', letter)) return { kind: 'ack', code: ORIGINAL[letter], problem };
  return { kind: 'silence' };
}
