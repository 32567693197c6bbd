import type { AlertNotice, ChannelConfig, Secrets } from '../../../contracts/index.js';
import type { Clock } from '../../platform/index.js';
import type { Decision } from '../decide.js';

/** `id` is the same at every attempt, so that a receiver can tell a repetition. */
export type Message = { readonly id: string; readonly notice: AlertNotice };

/** `error` is a code such as `http_503` or `ECONNREFUSED`: what a receiver answers may hold anything and is dropped. */
export type SendResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly error: string; readonly retryAfterMs?: number }
  | { readonly kind: 'failed'; readonly error: string };

export type Channel = {
  readonly name: string;
  /** No attempt lasts longer. */
  readonly longestMs: number;
  /** Never rejects. */
  send(message: Message): Promise<SendResult>;
  close(): void;
};

export type ChannelDeps = { readonly secrets: Secrets; readonly clock: Clock };

/** A kind of channel, as the table in channels.ts lists it. */
export type ChannelType<C extends ChannelConfig> = {
  /** Throws OVR_SECRET_MISSING. */
  open(config: C, deps: ChannelDeps): Channel;
  /** Which changes it is told: programs all of them, people only those that ask something of them. */
  hears(decision: Pick<Decision, 'notice' | 'escalates'>): boolean;
};
