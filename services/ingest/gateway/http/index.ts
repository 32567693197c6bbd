import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import {
  type GatewayConfig,
  INTAKE_API,
  IntakeReceipt,
  MEDIA_TYPES,
  type MediaType,
  OverreadError,
  ReportSubmission,
} from '../../../../contracts/index.js';
import { isDicom } from '../file-parts.js';
import { idempotencyKey } from '../intake.js';
import { splitMessages } from '../split.js';
import type { Accept } from '../types.js';

export type HttpIntakeDeps = {
  readonly accept: Accept;
  readonly config: GatewayConfig['http'];
};

type Way = {
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

const WAYS: readonly Way[] = [
  {
    path: INTAKE_API.submitReport.path,
    listener: 'reports',
    contentType: MEDIA_TYPES.json,
    takes: ['application/json'],
    check: checkReport,
  },
  {
    path: INTAKE_API.submitHl7.path,
    listener: 'hl7',
    contentType: MEDIA_TYPES.hl7,
    takes: INTAKE_API.submitHl7.takes,
    check: checkHl7,
  },
  {
    path: INTAKE_API.submitDicom.path,
    listener: 'dicom',
    contentType: MEDIA_TYPES.dicom,
    takes: INTAKE_API.submitDicom.takes,
    check: checkDicom,
  },
];

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
 * comes again with another body is refused. The caller puts authentication before this router and answers its errors.
 */
export function createHttpIntake({ accept, config }: HttpIntakeDeps): Router {
  const router = express.Router();
  if (!config.enabled) return router;
  for (const { path, listener, contentType, takes, check } of WAYS) {
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
    router.use(path, (error: unknown, _request: Request, _response: Response, next: NextFunction) =>
      next(ownError(error, config.maxMessageBytes)),
    );
  }
  return router;
}
