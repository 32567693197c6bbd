import { extname } from 'node:path';
import {
  ERRORS,
  type ErrorCode,
  type FeedConfig,
  type GatewayConfig,
  MEDIA_TYPES,
  type MediaType,
  type MessageAttributes,
} from '../../../contracts/index.js';
import {
  asStored,
  type NormaliseResult,
  normalise,
  normaliserRules,
  type Part,
  partsOf,
} from '../../ingest/index.js';

export type FilesDeps = {
  readonly feeds: readonly FeedConfig[];
  readonly gateway: GatewayConfig;
  readonly hashKey: string;
  readonly now: () => Date;
  /** Told in place of the way a file of its kind usually comes in. */
  readonly transport?: MessageAttributes['transport'];
  readonly listener?: string;
};

/** One line of the answer; `bad` where the message was refused or quarantined. */
export type Answer = { readonly bad: boolean; readonly line: object };

/** A `.json` file is one submission, as `POST /api/v1/reports` takes it; others tell by their bytes what they are. */
function parts(file: string, bytes: Buffer): readonly Part[] {
  if (extname(file).toLowerCase() === '.json') {
    return [{ kind: 'message', contentType: MEDIA_TYPES.json, raw: bytes }];
  }
  return partsOf(bytes, Number.POSITIVE_INFINITY);
}

/** HL7 comes in over the first MLLP listener, the others over HTTP. */
function usualWay(contentType: MediaType, gateway: GatewayConfig) {
  const ways = {
    [MEDIA_TYPES.hl7]: { transport: 'mllp', listener: gateway.mllp[0]?.name ?? '' },
    [MEDIA_TYPES.dicom]: { transport: 'http', listener: 'dicom' },
    [MEDIA_TYPES.json]: { transport: 'http', listener: 'reports' },
  } as const satisfies Record<MediaType, object>;
  return ways[contentType];
}

function answers(file: string, message: number, result: NormaliseResult): Answer[] {
  if (result.kind !== 'accepted') return [failure(file, message, result.error.code, result.error.detail)];
  const lines: Answer[] = result.events.map(({ data }) => ({ bad: false, line: data }));
  if (result.ignored.length === 0) return lines;
  return [...lines, { bad: false, line: { file, message, ignored: result.ignored } }];
}

function failure(file: string, message: number, code: ErrorCode, detail: string): Answer {
  const place = detail === '' ? '' : ` (${detail})`;
  return { bad: true, line: { file, message, error: { code, message: `${ERRORS[code].what}${place}` } } };
}

/** What the rules make of each message of a file, in its order; messages count from 1. */
export function createFileReader(deps: FilesDeps) {
  const { feeds, gateway, hashKey, now, transport, listener } = deps;
  const rules = normaliserRules(feeds);
  return function* read(file: string, bytes: Buffer): Generator<Answer> {
    let message = 0;
    for (const part of parts(file, bytes)) {
      message += 1;
      if (part.kind === 'refused') {
        yield failure(file, message, part.code, '');
        continue;
      }
      const { raw, contentType } = part;
      const usual = usualWay(contentType, gateway);
      const wire = { transport: transport ?? usual.transport, listener: listener ?? usual.listener };
      const stored = asStored({ raw, contentType, wire, receivedAt: now() }, feeds);
      yield* answers(file, message, normalise(stored, rules, { hashKey }));
    }
  };
}
