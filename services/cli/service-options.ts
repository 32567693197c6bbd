import type { Command } from 'commander';
import { type ApiClient, apiAccess, createApiClient } from './api-client.js';

export type ServiceOptions = { readonly url?: string; readonly config?: string };

export const TOKEN_HELP =
  '\nWhere the service asks for a login, OVERREAD_TOKEN holds a token with the role admin.';

/** The options of every command that speaks to a running service. */
export function withService(command: Command): Command {
  return command
    .option('--url <address>', 'address of the service, e.g. http://127.0.0.1:8080')
    .option('--config <file>', 'configuration whose pages setting gives the address');
}

export function serviceOf(options: ServiceOptions): ApiClient {
  return createApiClient(apiAccess(options, process.env));
}
