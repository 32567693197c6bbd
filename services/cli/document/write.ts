import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../platform/index.js';
import { commandsPage } from './index.js';

/** Part of `npm run generate`. */
writeFileSync(join(packageRoot(), 'docs/commands.md'), await commandsPage());
