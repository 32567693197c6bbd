import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import { packageRoot } from '../platform/index.js';

const TYPES = {
  'review.css': 'text/css; charset=utf-8',
  'review.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
export type AssetName = keyof typeof TYPES;

export type Assets = {
  /** With the hash of the content, so that a browser keeps it for ever and a new version has a new address. */
  address(name: AssetName): string;
  readonly router: Router;
};

/** The stylesheet, the script and the icon, read once. Nothing in them is private: any recognised user gets them. */
export function createAssets(): Assets {
  const router = Router();
  const load = (name: AssetName) => {
    const content = readFileSync(join(packageRoot(), 'services/review/assets', name));
    router.get(`/assets/${name}`, (_request, response) => {
      response.set('cache-control', 'private, max-age=31536000, immutable').type(TYPES[name]).send(content);
    });
    return createHash('sha256').update(content).digest('hex').slice(0, 12);
  };
  const hashes: Readonly<Record<AssetName, string>> = {
    'review.css': load('review.css'),
    'review.js': load('review.js'),
    'icon.svg': load('icon.svg'),
  };
  return { address: (name) => `/assets/${name}?v=${hashes[name]}`, router };
}
