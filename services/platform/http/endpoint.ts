import type { Router } from 'express';
import type { z } from 'zod';
import { type Endpoint, OverreadError } from '../../../contracts/index.js';
import { type Identity, identityOf, requireRole } from './authentication/index.js';
import { jsonBody } from './body.js';

const BODY_LIMIT_BYTES = 64_000;

export type EndpointRequest<E extends Endpoint> = {
  readonly params: z.output<E['params']>;
  readonly query: z.output<E['query']>;
  readonly body: E['body'] extends z.ZodType ? z.output<E['body']> : null;
  readonly identity: Identity;
};

/** Throws OVR_REQUEST_INVALID with the paths that fail and why, never their values. */
export function checked<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const names = 'keys' in issue && Array.isArray(issue.keys) ? ` ${issue.keys.length} unknown` : '';
    return `${[place, ...issue.path.map(String)].join('.')}: ${issue.code}${names}`;
  });
  throw new OverreadError('OVR_REQUEST_INVALID', problems.join(', '));
}

/** One operation of the API table: role, checks and answer, so that code and OpenAPI document cannot differ. */
export function serveEndpoint<E extends Endpoint>(
  router: Router,
  endpoint: E,
  handle: (request: EndpointRequest<E>) => Promise<z.output<E['answer']>>,
  bodyLimitBytes = BODY_LIMIT_BYTES,
): void {
  const readers = endpoint.body === null ? [] : [jsonBody(bodyLimitBytes)];
  router[endpoint.method](
    endpoint.path,
    requireRole(endpoint.role),
    ...readers,
    async (request, response) => {
      const answer = await handle({
        params: checked(endpoint.params, request.params, 'path') as z.output<E['params']>,
        query: checked(endpoint.query, request.query, 'query') as z.output<E['query']>,
        body: (endpoint.body === null
          ? null
          : checked(endpoint.body, request.body, 'body')) as EndpointRequest<E>['body'],
        identity: identityOf(response),
      });
      response.status(endpoint.status).json(answer);
    },
  );
}
