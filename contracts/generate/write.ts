import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from './index.js';

/** `npm run generate`, from the root of the checkout. */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
for (const [name, content] of generatedFiles(version)) {
  const path = join('contracts/generated', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
