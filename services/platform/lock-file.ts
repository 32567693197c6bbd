import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ErrorCode, OverreadError } from '../../contracts/index.js';
import { errorCode } from './error-code.js';

/** The start of a process where the system has no /proc: the pid alone must do then. */
const UNKNOWN = '';

/** Locks of this thread. A lock belongs to the process, so what the process holds cannot be handed in by anyone. */
const held = new Set<string>();

/** When a process began, in clock ticks since boot: field 22 of proc(5)'s stat. */
function startOf(pid: number): string {
  try {
    // The name, field 2, may hold spaces and brackets: fields are counted after its last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Whether the process that wrote `mark` still runs; after a reboot its pid may be somebody else's. */
function isRunning(mark: string): boolean {
  const [pid = '', start = UNKNOWN] = mark.split(' ');
  const holder = Number.parseInt(pid, 10);
  if (!(holder > 0) || !isAlive(holder)) return false;
  const now = startOf(holder);
  return start === UNKNOWN || now === UNKNOWN || start === now;
}

function create(path: string): boolean {
  try {
    const start = startOf(process.pid);
    writeFileSync(path, start === UNKNOWN ? `${process.pid}` : `${process.pid} ${start}`, {
      flag: 'wx',
      mode: 0o600,
    });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The file as it stands; '' when its owner has just removed it. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** Moves the dead owner's file away. False when it was another file by then: two processes found the same dead one. */
function clear(path: string, mark: string): boolean {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== mark) {
    renameSync(aside, path);
    return false;
  }
  rmSync(aside);
  return true;
}

/**
 * Makes `file` say which process owns what lies beside it. A file whose process is dead is taken over,
 * and one with our own pid that this thread does not hold: in a container the process before a crash had the same
 * (always 1), and so has a thread that was started anew. Pids mean nothing across containers: one replica a volume.
 * Returns the release. Throws `code`.
 */
export function acquireLockFile(file: string, code: ErrorCode): () => void {
  const path = resolve(file);
  if (held.has(path)) throw new OverreadError(code, `process ${process.pid}`);
  if (!create(path)) {
    const mark = read(path);
    const holder = Number.parseInt(mark, 10);
    if (holder !== process.pid && isRunning(mark)) throw new OverreadError(code, `process ${holder}`);
    if (!clear(path, mark) || !create(path)) throw new OverreadError(code);
  }
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}
