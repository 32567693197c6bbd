import express, { type RequestHandler } from 'express';

/** Bodies are read by the routes that take one, each with its own limit; past it OVR_BODY_TOO_LARGE. */
export function jsonBody(limitBytes: number): RequestHandler {
  return express.json({ limit: limitBytes, strict: true });
}

/** Body of an HTML form, flat. */
export function formBody(limitBytes: number): RequestHandler {
  return express.urlencoded({ limit: limitBytes, extended: false });
}
