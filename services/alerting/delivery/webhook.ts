import { createHmac } from 'node:crypto';
import type { ChannelConfig } from '../../../contracts/index.js';
import { errorCode } from '../../platform/index.js';
import type { ChannelType, SendResult } from './channel.js';
import { secretFrom } from './secret.js';

type WebhookConfig = Extract<ChannelConfig, { type: 'webhook' }>;

/** RFC 9110 and RFC 6585: 408 timeout, 425 too early, 429 too many; any other 4xx says the request itself is wrong. */
const TEMPORARY_4XX: readonly number[] = [408, 425, 429];

/** Longest wait a receiver may ask for. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** `v1=` and the hex HMAC-SHA256 of `timestamp.body`; the version lets a receiver accept two schemes in a change. */
export function signature(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** RFC 9110 section 10.2.3: seconds or a date. Undefined where absent or unreadable. */
export function retryAfterMs(value: string | null, now: Date): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) : undefined;
}

function judge(status: number, retryAfter: string | null, now: Date): SendResult {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const error = `http_${status}`;
  if (status >= 400 && status < 500 && !TEMPORARY_4XX.includes(status)) return { kind: 'failed', error };
  const wait = retryAfterMs(retryAfter, now);
  return { kind: 'retry', error, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
}

/** The code of what fetch throws: a system code lies in its cause; a timeout has a name alone. */
function faultOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  if (name === 'TimeoutError') return 'timeout';
  return errorCode(cause) || errorCode(error) || 'network';
}

/**
 * POST of an AlertNotice as JSON. Redirects are not followed: a signed payload goes where the configuration says
 * and nowhere else. What the receiver answers is neither read nor logged.
 */
export const webhook: ChannelType<WebhookConfig> = {
  hears: () => true,
  open(config, { secrets, clock }) {
    const secret = secretFrom(secrets, config.secretFrom);
    const timeoutMs = config.timeoutSeconds * 1000;
    return {
      name: config.name,
      longestMs: timeoutMs,
      async send({ id, notice }) {
        const body = JSON.stringify(notice);
        const timestamp = String(Math.floor(clock.now().getTime() / 1000));
        try {
          const response = await fetch(config.url, {
            method: 'POST',
            redirect: 'manual',
            signal: AbortSignal.timeout(timeoutMs),
            headers: {
              'content-type': 'application/json',
              'user-agent': 'overread',
              'x-overread-delivery': id,
              'x-overread-timestamp': timestamp,
              'x-overread-signature': signature(secret, timestamp, body),
            },
            body,
          });
          await response.body?.cancel();
          return judge(response.status, response.headers.get('retry-after'), clock.now());
        } catch (error) {
          return { kind: 'retry', error: faultOf(error) };
        }
      },
      close() {},
    };
  },
};
