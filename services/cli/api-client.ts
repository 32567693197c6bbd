import { existsSync } from 'node:fs';
import type { z } from 'zod';
import {
  type Config,
  type Endpoint,
  ERRORS,
  ErrorBody,
  type ErrorCode,
  OverreadError,
} from '../../contracts/index.js';
import { loadConfig } from '../platform/index.js';

/** How a command finds the service and says who it is. */
export type ApiAccess = {
  /** Without a path, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** A token of review.authentication.tokens; undefined where the service asks for none. */
  readonly token: string | undefined;
};

export type ApiRequest<E extends Endpoint> = {
  readonly params?: Readonly<Record<keyof E['params']['shape'] & string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: E['body'] extends z.ZodType ? z.input<E['body']> : never;
  readonly timeoutMs?: number;
};

export type ApiClient = {
  /**
   * Answers of the service's own errors are thrown as they are. Throws OVR_SERVICE_UNREACHABLE, and
   * OVR_SERVICE_ANSWER_UNKNOWN where something else answers.
   */
  call<E extends Endpoint>(endpoint: E, request?: ApiRequest<E>): Promise<z.output<E['answer']>>;
};

const DEFAULT_CONFIG = 'overread.yaml';
const DEFAULT_URL = 'http://127.0.0.1:8080';
const TIMEOUT_MS = 30_000;
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

function urlOfPages({ pages: { host, port } }: Config): string {
  const name = ANY_ADDRESS[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}`;
}

/**
 * The address is what was given, else `pages` of the configuration, else of a fresh installation. The token is
 * OVERREAD_TOKEN: on a command line every user of the machine could read it.
 */
export function apiAccess(
  options: { readonly url?: string; readonly config?: string },
  environment: Readonly<Record<string, string | undefined>>,
): ApiAccess {
  const token = environment.OVERREAD_TOKEN;
  if (options.url !== undefined) return { url: options.url.replace(/\/+$/, ''), token };
  if (options.config === undefined && !existsSync(DEFAULT_CONFIG)) return { url: DEFAULT_URL, token };
  return { url: urlOfPages(loadConfig(options.config ?? DEFAULT_CONFIG)), token };
}

function addressOf(url: string, path: string, request: ApiRequest<Endpoint>): URL {
  const params: Readonly<Record<string, string>> = request.params ?? {};
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  if (!URL.canParse(`${url}${filled}`))
    throw new OverreadError('OVR_SERVICE_UNREACHABLE', `no address: ${url}`);
  const address = new URL(`${url}${filled}`);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address;
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** What a person at a terminal can do about not being let in. */
function hint(code: ErrorCode, access: ApiAccess, role: string): string {
  if (code === 'OVR_FORBIDDEN') return `the token needs the role ${role}`;
  if (code !== 'OVR_UNAUTHENTICATED') return '';
  return access.token === undefined
    ? 'set OVERREAD_TOKEN to a token of review.authentication.tokens'
    : 'the service does not know the token in OVERREAD_TOKEN';
}

function refusal(body: unknown, access: ApiAccess, endpoint: Endpoint, place: string): OverreadError {
  const answer = ErrorBody.safeParse(body);
  if (!answer.success || !isCode(answer.data.error.code)) {
    return new OverreadError('OVR_SERVICE_ANSWER_UNKNOWN', place);
  }
  const { code, detail } = answer.data.error;
  return new OverreadError(code, [detail, hint(code, access, endpoint.role)].filter(Boolean).join('; '));
}

/** Speaks the API table to a running service. */
export function createApiClient(access: ApiAccess): ApiClient {
  return {
    async call(endpoint, request = {}) {
      const address = addressOf(access.url, endpoint.path, request);
      const { body } = request;
      const response = await fetch(address, {
        method: endpoint.method.toUpperCase(),
        // A redirect leads away from the API, to a login page of a proxy for one.
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new OverreadError('OVR_SERVICE_UNREACHABLE', access.url, { cause });
      });
      const place = `HTTP ${response.status} from ${access.url}`;
      const answer: unknown = await response.json().catch(() => null);
      if (!response.ok) throw refusal(answer, access, endpoint, place);
      const checked = endpoint.answer.safeParse(answer);
      if (!checked.success) throw new OverreadError('OVR_SERVICE_ANSWER_UNKNOWN', place);
      return checked.data as z.output<(typeof endpoint)['answer']>;
    },
  };
}
