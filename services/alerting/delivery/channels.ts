import type { ChannelConfig } from '../../../contracts/index.js';
import type { Decision } from '../decide.js';
import type { Channel, ChannelDeps, ChannelType } from './channel.js';
import { email } from './email.js';
import { webhook } from './webhook.js';

/** Every kind of channel; a new one is one file and one entry. */
const CHANNEL_TYPES: {
  readonly [T in ChannelConfig['type']]: ChannelType<Extract<ChannelConfig, { type: T }>>;
} = { webhook, email };

export function openChannel(config: ChannelConfig, deps: ChannelDeps): Channel {
  switch (config.type) {
    case 'webhook':
      return CHANNEL_TYPES.webhook.open(config, deps);
    case 'email':
      return CHANNEL_TYPES.email.open(config, deps);
  }
}

export function hears(
  type: ChannelConfig['type'],
  decision: Pick<Decision, 'notice' | 'escalates'>,
): boolean {
  return CHANNEL_TYPES[type].hears(decision);
}
