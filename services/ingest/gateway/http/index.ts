import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import {
  ERRORS,
  type ErrorCode,
  type GatewayConfig,
  IntakeReceipt,
  MEDIA_TYPES,
  type MediaType,
  OverreadError,
  ReportSubmission,
} from '../../../../contracts/index.js';
import { isDicom } from '../folder/messages.js';
import { idempotencyKey } from '../intake.js';
import { splitMessages } from '../split.js';
import type { Accept } from '../types.js';

export type HttpIntakeDeps = {
  readonly accept: Accept;
  readonly config: GatewayConfig['http'];
};

type Endpoint = {
  readonly path: string;
  /** Name the feed rules know it by: `listener`. */
  readonly listener: string;
  readonly contentType: MediaType;
  readonly takes: readonly string[];
  /** Throws where the body is not what the endpoint takes. */
  check(raw: Buffer): void;
};

/** Throws OVR_JSON_INVALID, or OVR_REPORT_INVALID with the fields that fail, never their values. */
function checkReport(raw: Buffer): void {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch (cause) {
    throw new OverreadError('OVR_JSON_INVALID', '', { cause });
  }
  const result = ReportSubmission.safeParse(body);
  if (result.success) return;
  const problems = result.error.issues.flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const path = issue.path.join('.');
    return keys.length > 0 ? keys.map((key) => `${path === '' ? '' : `${path}.`}${key} is unknown`) : [path];
  });
  throw new OverreadError('OVR_REPORT_INVALID', [...new Set(problems)].join(', '));
}

function checkHl7(raw: Buffer): void {
  if (splitMessages(raw).messages.length > 1) throw new OverreadError('OVR_SEVERAL_MESSAGES');
}

function checkDicom(raw: Buffer): void {
  if (!isDicom(raw)) throw new OverreadError('OVR_DICOM_NOT_PART10');
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    path: '/api/v1/reports',
    listener: 'reports',
    contentType: MEDIA_TYPES.json,
    takes: ['application/json'],
    check: checkReport,
  },
  {
    path: '/api/v1/hl7',
    listener: 'hl7',
    contentType: MEDIA_TYPES.hl7,
    takes: [MEDIA_TYPES.hl7, 'application/hl7-v2', 'application/hl7-v2+er7', 'text/plain'],
    check: checkHl7,
  },
  {
    path: '/api/v1/dicom',
    listener: 'dicom',
    contentType: MEDIA_TYPES.dicom,
    takes: ['application/dicom'],
    check: checkDicom,
  },
];

/** HTTP status of a refusal; any other code is a fault of ours. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  OVR_JSON_INVALID: 400,
  OVR_REPORT_INVALID: 400,
  OVR_HL7_NO_MSH: 400,
  OVR_SEVERAL_MESSAGES: 400,
  OVR_DICOM_NOT_PART10: 400,
  OVR_MESSAGE_TYPE_FORBIDDEN: 403,
  OVR_MESSAGE_TOO_LARGE: 413,
  OVR_CONTENT_TYPE_UNSUPPORTED: 415,
  OVR_IDEMPOTENCY_KEY_REUSED: 422,
  OVR_SPOOL_FULL: 507,
  OVR_SPOOL_NO_SPACE: 507,
  OVR_SPOOL_WRITE_FAILED: 503,
  OVR_GATEWAY_UNAVAILABLE: 503,
};
const RETRY_AFTER_SECONDS = '5';
const KEY_CHARACTERS = 255;

/** Errors of the body reader (package body-parser) by their `type`. */
function ownError(error: unknown, limit: number): unknown {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : '';
  if (type === 'entity.too.large') return new OverreadError('OVR_MESSAGE_TOO_LARGE', `over ${limit} bytes`);
  if (type === 'encoding.unsupported') {
    return new OverreadError('OVR_CONTENT_TYPE_UNSUPPORTED', 'content-encoding');
  }
  return error;
}

function keyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key')?.trim() ?? '';
  if (key.length > KEY_CHARACTERS)
    throw new OverreadError('OVR_REPORT_INVALID', 'Idempotency-Key is too long');
  return key === '' ? undefined : idempotencyKey(key);
}

/**
 * Intake over HTTP: `POST /api/v1/reports` (JSON), `/api/v1/hl7` (one message), `/api/v1/dicom` (one Part 10 file).
 * 202 with the message's id means it is stored durably; a repetition is answered alike. An `Idempotency-Key` that
 * comes again with another body is refused. The caller puts authentication before this router.
 */
export function createHttpIntake({ accept, config }: HttpIntakeDeps): Router {
  const router = express.Router();
  if (!config.enabled) return router;
  for (const { path, listener, contentType, takes, check } of ENDPOINTS) {
    const body = express.raw({ type: [...takes], limit: config.maxMessageBytes });
    router.post(path, body, async (request: Request, response: Response) => {
      const raw: unknown = request.body;
      if (!Buffer.isBuffer(raw)) throw new OverreadError('OVR_CONTENT_TYPE_UNSUPPORTED', takes.join(' or '));
      check(raw);
      const onceKey = keyOf(request);
      const { messageId, outcome } = await accept({
        raw,
        contentType,
        wire: { listener, transport: 'http', tlsSubject: '' },
        ...(onceKey === undefined ? {} : { onceKey }),
      });
      response.status(202).json(IntakeReceipt.parse({ messageId, outcome }));
    });
    router.use(path, (error: unknown, _request: Request, response: Response, next: NextFunction) => {
      const own = ownError(error, config.maxMessageBytes);
      if (!(own instanceof OverreadError)) return next(error);
      const { code, detail } = own;
      if (own.retry) response.set('retry-after', RETRY_AFTER_SECONDS);
      response
        .status(STATUS[code] ?? 500)
        .json({ error: { code, message: `${ERRORS[code].what}. ${ERRORS[code].remedy}`, detail } });
    });
  }
  return router;
}
