import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

/** Takes over `x-request-id` of a proxy where it is harmless in a log, else makes one; the answer carries it. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id') ?? '';
  response.set('x-request-id', ACCEPTED.test(given) ? given : randomUUID());
  next();
};

export function requestIdOf(response: Response): string {
  return String(response.get('x-request-id') ?? '');
}
