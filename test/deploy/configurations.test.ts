import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkConfig, packageRoot } from '../../services/platform/index.js';
import { overread } from '../cli/support/overread.js';

const deploy = join(packageRoot(), 'deploy');
/** What other programs read: Compose, a kustomization, manifests. */
const FOREIGN = /^(services|apiVersion|kind):/m;
const files = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.ya?ml$/.test(name),
);
const own = files.filter((name) => !FOREIGN.test(readFileSync(join(deploy, name), 'utf8')));

test('there are configurations to check', () => {
  expect(own).toEqual(expect.arrayContaining(['compose/overread.yaml', 'systemd/overread.yaml']));
});

test.each(own)('deploy/%s has no problems', async (name) => {
  expect(await overread(['check-config', join(deploy, name)])).toMatchObject({ code: 0 });
});

test.each(own)('no token opens what deploy/%s describes', (name) => {
  const check = checkConfig(readFileSync(join(deploy, name), 'utf8'));
  const authentication = check.ok ? check.config.review.authentication : null;
  const hashes = authentication?.mode === 'tokens' ? authentication.tokens.map((token) => token.sha256) : [];
  expect(new Set(hashes)).toEqual(new Set(['0'.repeat(64)]));
});

test('every configuration keeps its data where its image or unit does', () => {
  const folders = own.map((name) => /^dataDir: (.*)$/m.exec(readFileSync(join(deploy, name), 'utf8'))?.[1]);
  expect(new Set(folders)).toEqual(new Set(['/var/lib/overread']));
  expect(readFileSync(join(deploy, 'systemd/overread.service'), 'utf8')).toContain(
    'StateDirectory=overread\n',
  );
  expect(readFileSync(join(deploy, 'image/Dockerfile'), 'utf8')).toContain('VOLUME /var/lib/overread\n');
});
