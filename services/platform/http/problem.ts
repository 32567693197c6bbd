import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { ERRORS, type ErrorBody, type ErrorCode, OverreadError } from '../../../contracts/index.js';
import { isTransient } from '../database/types.js';
import type { Logger } from '../logger.js';
import { requestIdOf } from './request-id.js';
import { HTTP_STATUS } from './status.js';

/** What an answer says of an error: nothing of a foreign error but that it happened. */
export type Problem = {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: string;
};

/** Shows a problem to a person instead of JSON; false leaves it to JSON. */
export type ProblemPage = (problem: Problem, request: Request, response: Response) => boolean;

/** Statuses a later try may end (RFC 9110 15.6.4, RFC 4918 11.5). */
const COME_AGAIN = new Set([503, 507]);
const RETRY_AFTER_SECONDS = '5';

/** Errors of express and its body parsers carry `status` and `type`; their messages can quote the body. */
function parserError(error: unknown): OverreadError | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  const type = 'type' in error ? String(error.type) : 'request';
  if (error.status === 413) return new OverreadError('OVR_BODY_TOO_LARGE', type, { cause: error });
  const clients = typeof error.status === 'number' && error.status >= 400 && error.status < 500;
  return clients ? new OverreadError('OVR_REQUEST_INVALID', type, { cause: error }) : null;
}

/** Total: every error has a code and a status. */
export function problemOf(error: unknown): Problem {
  const own =
    error instanceof OverreadError
      ? error
      : (parserError(error) ??
        new OverreadError(isTransient(error) ? 'OVR_DATABASE_UNAVAILABLE' : 'OVR_REQUEST_FAILED'));
  const { what, remedy, retry } = ERRORS[own.code];
  const detail = own.detail === '' ? '' : ` (${own.detail})`;
  return {
    status: HTTP_STATUS[own.code] ?? (retry ? 503 : 500),
    code: own.code,
    message: `${what}${detail}. ${remedy}`,
    detail: own.detail,
  };
}

export const notFound: RequestHandler = () => {
  throw new OverreadError('OVR_NOT_FOUND');
};

/** The last word on a request that failed: logged with its id when it is the service's fault, answered with its code. */
export function answerProblem(logger: Logger, page: ProblemPage): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = problemOf(error);
    const requestId = requestIdOf(response);
    if (problem.status >= 500) logger.error({ err: error, requestId, code: problem.code }, 'request failed');
    if (response.headersSent) return next(error);
    response.status(problem.status);
    if (COME_AGAIN.has(problem.status)) response.set('retry-after', RETRY_AFTER_SECONDS);
    if (page(problem, request, response)) return;
    const { code, message, detail } = problem;
    const body: ErrorBody = { error: { code, message, detail, requestId } };
    response.json(body);
  };
}
