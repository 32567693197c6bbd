import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, OverreadError, type Secrets } from '../../../contracts/index.js';
import { openDataDir } from '../data-dir.js';
import { errorCode } from '../error-code.js';
import { type ConfigProblem, checkConfig } from './check.js';

type Environment = Readonly<Record<string, string | undefined>>;

export function describeProblem({ path, message, line }: ConfigProblem): string {
  return `${line === null ? '' : `line ${line}: `}${path === '' ? '' : `${path}: `}${message}`;
}

/** Throws OVR_CONFIG_UNREADABLE or OVR_CONFIG_INVALID; the latter's detail has a line for every problem. */
export function loadConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OverreadError('OVR_CONFIG_UNREADABLE', path, { cause });
  }
  const check = checkConfig(text);
  if (check.ok) return check.config;
  throw new OverreadError('OVR_CONFIG_INVALID', check.problems.map(describeProblem).join('\n'));
}

/**
 * Secrets from the environment. On one box without OVERREAD_HASH_KEY a key is made once and kept beside the data,
 * readable by the owner alone; several machines must share one, so with Kafka it has to be given.
 */
export function loadSecrets(config: Config, environment: Environment): Secrets {
  const given = environment.OVERREAD_HASH_KEY;
  if (given === undefined && config.bus.engine === 'kafka') {
    throw new OverreadError('OVR_SECRET_MISSING', 'OVERREAD_HASH_KEY');
  }
  return {
    hashKey: given ?? keptHashKey(config.dataDir),
    databasePassword: environment.OVERREAD_DATABASE_PASSWORD,
    environment,
  };
}

function keptHashKey(dataDir: string): string {
  const path = join(dataDir, 'hash.key');
  openDataDir(dataDir);
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
