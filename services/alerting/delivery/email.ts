import { createTransport } from 'nodemailer';
import { type ChannelConfig, OverreadError, type Secrets } from '../../../contracts/index.js';
import { errorCode } from '../../platform/index.js';
import type { ChannelType, SendResult } from './channel.js';
import { mailText } from './mail-text.js';
import { secretFrom } from './secret.js';

type EmailConfig = Extract<ChannelConfig, { type: 'email' }>;

const CONNECT_TIMEOUT_MS = 10_000;
/** Of silence on the connection, not of the whole conversation. */
const SILENCE_TIMEOUT_MS = 20_000;
const LONGEST_MS = 120_000;

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '::1'];

function login(config: EmailConfig, secrets: Secrets): { user: string; pass: string } | undefined {
  if (config.user === undefined) return undefined;
  if (config.passwordFrom === undefined) {
    const detail = `alerting.channels: "${config.name}" has a user but no passwordFrom`;
    throw new OverreadError('OVR_CONFIG_INVALID', detail);
  }
  return { user: config.user, pass: secretFrom(secrets, config.passwordFrom) };
}

/**
 * RFC 5321 section 4.2.1: a 5xx reply says that the same mail will never be taken. A refused login (RFC 4954) is the
 * exception: an expired password is mended without touching the mail.
 */
function judge(error: unknown): SendResult {
  const status =
    typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : 0;
  const code = errorCode(error);
  const known = status > 0 ? `smtp_${status}` : code === '' ? 'smtp' : code;
  return status >= 500 && code !== 'EAUTH'
    ? { kind: 'failed', error: known }
    : { kind: 'retry', error: known };
}

/** One plain-text mail to all recipients. A password leaves this machine only inside TLS. */
export const email: ChannelType<EmailConfig> = {
  hears: ({ notice, escalates }) => notice !== 'alert.revised' || escalates,
  open(config, { secrets }) {
    const auth = login(config, secrets);
    const transport = createTransport({
      host: config.host,
      port: config.port,
      secure: config.secure,
      ...(auth === undefined ? {} : { auth, requireTLS: !LOOPBACK.includes(config.host) }),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const domain = config.from.match(/@([A-Za-z0-9.-]+)/)?.[1] ?? 'overread.invalid';
    return {
      name: config.name,
      longestMs: LONGEST_MS,
      async send({ id, notice }) {
        try {
          await transport.sendMail({
            from: config.from,
            to: config.to,
            ...mailText(notice),
            messageId: `<${id}@${domain}>`,
            headers: { 'X-Overread-Delivery': id, 'Auto-Submitted': 'auto-generated' },
          });
          return { kind: 'delivered' };
        } catch (error) {
          return judge(error);
        }
      },
      close: () => transport.close(),
    };
  },
};
