import { isNativeError } from 'node:util/types';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LoggingConfig } from '../../contracts/index.js';
import { errorCode } from './error-code.js';

export type { Logger } from 'pino';

/** Fields that may hold report text or identifiers are cut wherever they stand, whoever logs them. */
const PRIVATE_FIELDS = [
  'text',
  'data',
  'raw',
  'draft',
  'final',
  'aliases',
  'accession',
  'patient',
  'patients',
  'body',
];

/**
 * Errors are logged by code, message and stack of our own code; a foreign error's message can quote its input
 * (a JSON parser, a database driver), so only its name and code are kept.
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!isNativeError(error)) return { name: typeof error };
  const code = errorCode(error);
  const own = error.name === 'OverreadError';
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 6);
  return {
    name: error.name,
    code,
    ...(own ? { message: error.message } : {}),
    stack: frames.map((f) => f.trim()),
  };
}

/** JSON lines; without a destination they go to standard output. */
export function createLogger(config: LoggingConfig, destination?: DestinationStream): Logger {
  const options = {
    level: config.level,
    base: {},
    serializers: { err: describeError, error: describeError },
    redact: { paths: PRIVATE_FIELDS.flatMap((f) => [f, `*.${f}`, `*.*.${f}`]), censor: '[private]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
