import { extname } from 'node:path';
import {
  ERRORS,
  type FeedConfig,
  type GatewayConfig,
  MEDIA_TYPES,
  type MediaType,
  type MessageAttributes,
  OverreadError,
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

function answers(file: string, message: number, result: NormaliseResult | OverreadError): Answer[] {
  if (result instanceof OverreadError) return [failure(file, message, result)];
  if (result.kind !== 'accepted') return [failure(file, message, result.error)];
  const lines: Answer[] = result.events.map(({ data }) => ({ bad: false, line: data }));
  if (result.ignored.length === 0) return lines;
  return [...lines, { bad: false, line: { file, message, ignored: result.ignored } }];
}

function failure(file: string, message: number, { code, detail }: OverreadError): Answer {
  const place = detail === '' ? '' : ` (${detail})`;
  return { bad: true, line: { file, message, error: { code, message: `${ERRORS[code].what}${place}` } } };
}

/** What the rules make of each message of a file, in its order; messages count from 1. */
export function createFileReader(deps: FilesDeps) {
  const { feeds, gateway, hashKey, now } = deps;
  const rules = normaliserRules(feeds);

  function resultOf(raw: Buffer, contentType: MediaType): NormaliseResult | OverreadError {
    const usual = usualWay(contentType, gateway);
    const wire = {
      transport: deps.transport ?? usual.transport,
      listener: deps.listener ?? usual.listener,
    };
    try {
      const stored = asStored({ raw, contentType, wire, receivedAt: now() }, feeds);
      return normalise(stored, rules, { hashKey });
    } catch (error) {
      if (error instanceof OverreadError) return error;
      throw error;
    }
  }

  return function* read(file: string, bytes: Buffer): Generator<Answer> {
    for (const [index, part] of parts(file, bytes).entries()) {
      const message = index + 1;
      if (part.kind === 'refused') yield failure(file, message, new OverreadError(part.code));
      else yield* answers(file, message, resultOf(part.raw, part.contentType));
    }
  };
}
