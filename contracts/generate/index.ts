import { asyncApi } from './asyncapi.js';
import { openApi } from './openapi.js';
import { schemaFiles } from './schemas.js';

/** Every generated contract file by its name under contracts/generated, as the bytes to commit. */
export function generatedFiles(version: string): ReadonlyMap<string, string> {
  const documents = new Map<string, unknown>([
    ...schemaFiles(),
    ['asyncapi.json', asyncApi(version)],
    ['openapi.json', openApi(version)],
  ]);
  return new Map([...documents].map(([name, document]) => [name, `${JSON.stringify(document, null, 2)}\n`]));
}
