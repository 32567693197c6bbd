import { z } from 'zod';
import {
  AcknowledgeRequest,
  AlertItem,
  AlertPage,
  API,
  Case,
  DeadLetterDetail,
  DeadLetterItem,
  DeadLetterPage,
  type Endpoint,
  ErrorBody,
  HealthSummary,
  ReplayRequest,
  ReplayStatus,
  ScoreAnswer,
  ScoreRequest,
  TierCounts,
  TrialAnswer,
  TrialChange,
  TrialRequest,
} from '../api/index.js';
import { IntakeReceipt, ReportSubmission } from '../api/reports.js';
import { Pair } from '../pair.js';
import { Discrepancy, MetricInfo, MetricResult } from '../score.js';
import { jsonSchema } from './schemas.js';

/** Schemas that get a name of their own; `input` is what a person may leave out. */
const ANSWERS = {
  AlertItem,
  AlertPage,
  Case,
  DeadLetterDetail,
  DeadLetterItem,
  DeadLetterPage,
  Discrepancy,
  ErrorBody,
  HealthSummary,
  IntakeReceipt,
  MetricInfo,
  MetricResult,
  Pair,
  ReplayStatus,
  ScoreAnswer,
  TierCounts,
  TrialAnswer,
  TrialChange,
} as const satisfies Record<string, z.ZodType>;
const REQUESTS = {
  AcknowledgeRequest,
  ReplayRequest,
  ReportSubmission,
  ScoreRequest,
  TrialRequest,
} as const satisfies Record<string, z.ZodType>;

const COMMON_ERRORS = ['OVR_UNAUTHENTICATED', 'OVR_FORBIDDEN', 'OVR_REQUEST_INVALID'] as const;

function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

function components(
  schemas: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const { schemas: named } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io,
    uri: (id) => reference(id).$ref,
  });
  return Object.fromEntries(
    Object.entries(named).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}

/** By reference where the schema has a name, else in place. */
function schemaOf(
  schema: z.core.$ZodType,
  names: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): Record<string, unknown> {
  const name = Object.entries(names).find(([, named]) => named === schema)?.[0];
  if (name !== undefined) return reference(name);
  const { $schema: _, ...inPlace } = jsonSchema(schema, io);
  return inPlace;
}

function parameters(place: 'path' | 'query' | 'header', schema: z.ZodObject): Record<string, unknown>[] {
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: schemaOf(field, {}, 'input'),
  }));
}

/** Bytes have no schema in OpenAPI 3.1: the media type says it all. */
function requestBody({ body, takes = [] }: Endpoint): Record<string, unknown> {
  if (body !== null) {
    return { requestBody: { required: true, content: json(schemaOf(body, REQUESTS, 'input')) } };
  }
  if (takes.length === 0) return {};
  return { requestBody: { required: true, content: Object.fromEntries(takes.map((type) => [type, {}])) } };
}

const json = (schema: Record<string, unknown>) => ({ 'application/json': { schema } });

function operation(operationId: string, endpoint: Endpoint): Record<string, unknown> {
  return {
    operationId,
    summary: endpoint.summary,
    description: `Needs the role ${endpoint.role}. Codes: ${[...COMMON_ERRORS, ...endpoint.errors].join(', ')}.`,
    parameters: [
      ...parameters('path', endpoint.params),
      ...parameters('query', endpoint.query),
      ...(endpoint.headers === undefined ? [] : parameters('header', endpoint.headers)),
    ],
    ...requestBody(endpoint),
    responses: {
      [endpoint.status]: {
        description: endpoint.summary,
        content: json(schemaOf(endpoint.answer, ANSWERS, 'output')),
      },
      default: { description: 'A coded error', content: json(reference('ErrorBody')) },
    },
  };
}

/** The OpenAPI 3.1 document of the HTTP API, from the table the routers are made of. */
export function openApi(version: string): Record<string, unknown> {
  const paths = new Map<string, Record<string, unknown>>();
  for (const [operationId, endpoint] of Object.entries(API)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths.set(path, { ...paths.get(path), [endpoint.method]: operation(operationId, endpoint) });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Overread HTTP API',
      version,
      description:
        'Retrospective quality control of report generators; not a critical-result channel. Alerts, cases and dead letters carry report text: private.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }, { password: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of review.authentication.tokens' },
        password: { type: 'http', scheme: 'basic', description: 'Any name, the token as password' },
      },
      schemas: { ...components(ANSWERS, 'output'), ...components(REQUESTS, 'input') },
    },
  };
}
