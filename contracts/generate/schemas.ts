import { z } from 'zod';
import { Alarm, Alert, AlertNotice } from '../alert.js';
import { Config } from '../config/index.js';
import { DeadLetterAttributes, MessageAttributes } from '../events.js';
import { Pair, PairState } from '../pair.js';
import { IdentifierCorrection, PatientMerge, ReportVersion } from '../report-version.js';
import { Discrepancy, MetricInput, MetricResult, Score } from '../score.js';

const NOUNS = {
  'report-version': ReportVersion,
  'patient-merge': PatientMerge,
  'identifier-correction': IdentifierCorrection,
  pair: Pair,
  'pair-state': PairState,
  'metric-input': MetricInput,
  'metric-result': MetricResult,
  discrepancy: Discrepancy,
  score: Score,
  alert: Alert,
  'alert-notice': AlertNotice,
  alarm: Alarm,
  'message-attributes': MessageAttributes,
  'dead-letter-attributes': DeadLetterAttributes,
} as const satisfies Record<string, z.ZodType>;

/** JSON Schema (draft 2020-12) of a schema; `input` is what a person may leave out, `output` what a reader gets. */
export function jsonSchema(
  schema: z.core.$ZodType,
  io: 'input' | 'output' = 'output',
): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { target: 'draft-2020-12', io }) };
}

/** File name to JSON Schema: every noun of the domain, and the configuration file as a person writes it. */
export function schemaFiles(): ReadonlyMap<string, Record<string, unknown>> {
  const files = Object.entries(NOUNS).map(
    ([name, schema]) => [`schemas/${name}.json`, jsonSchema(schema)] as const,
  );
  return new Map([...files, ['schemas/config.json', jsonSchema(Config, 'input')]]);
}
