import { z } from 'zod';
import { MEDIA_TYPES } from '../events.js';
import type { Endpoint } from './endpoint.js';
import { IntakeReceipt, ReportSubmission } from './reports.js';

const NOTHING = z.strictObject({});

/** A repetition under its key is answered alike; the key with another body is refused. */
const Headers = z.strictObject({ 'Idempotency-Key': z.string().max(255).optional() });

/** What every way in over HTTP can answer. 202 means stored durably. */
const INTAKE_ERRORS = [
  'OVR_CONTENT_TYPE_UNSUPPORTED',
  'OVR_MESSAGE_TOO_LARGE',
  'OVR_IDEMPOTENCY_KEY_REUSED',
  'OVR_SPOOL_FULL',
  'OVR_SPOOL_NO_SPACE',
  'OVR_SPOOL_WRITE_FAILED',
  'OVR_GATEWAY_UNAVAILABLE',
] as const;

/** Reports taken in over HTTP, for programs that speak neither MLLP nor Kafka. */
export const INTAKE_API = {
  submitReport: {
    method: 'post',
    path: '/api/v1/reports',
    role: 'reviewer',
    summary: 'Take in one report of a program that does not speak HL7',
    params: NOTHING,
    query: NOTHING,
    headers: Headers,
    body: ReportSubmission,
    status: 202,
    answer: IntakeReceipt,
    errors: ['OVR_JSON_INVALID', 'OVR_REPORT_INVALID', ...INTAKE_ERRORS],
  },
  submitHl7: {
    method: 'post',
    path: '/api/v1/hl7',
    role: 'reviewer',
    summary: 'Take in one HL7 v2 message as it is, without MLLP framing',
    params: NOTHING,
    query: NOTHING,
    headers: Headers,
    body: null,
    takes: [MEDIA_TYPES.hl7, 'application/hl7-v2', 'application/hl7-v2+er7', 'text/plain'],
    status: 202,
    answer: IntakeReceipt,
    errors: [
      'OVR_HL7_NO_MSH',
      'OVR_SEVERAL_MESSAGES',
      'OVR_MESSAGE_TYPE_FORBIDDEN',
      'OVR_REPORT_INVALID',
      ...INTAKE_ERRORS,
    ],
  },
  submitDicom: {
    method: 'post',
    path: '/api/v1/dicom',
    role: 'reviewer',
    summary: 'Take in one DICOM Part 10 file that holds a structured report',
    params: NOTHING,
    query: NOTHING,
    headers: Headers,
    body: null,
    takes: [MEDIA_TYPES.dicom],
    status: 202,
    answer: IntakeReceipt,
    errors: ['OVR_DICOM_NOT_PART10', 'OVR_REPORT_INVALID', ...INTAKE_ERRORS],
  },
} as const satisfies Record<string, Endpoint>;
