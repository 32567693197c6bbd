import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Low enough that a busy thread with the usual 0 gets about nine tenths of a contended core (sched(7), nice values). */
const BEHIND_INTAKE = 10;

/**
 * Puts the calling thread behind those that acknowledge messages: a sender waits for an ACK, nobody waits for a score.
 * Threads started later by this one inherit it. Linux keeps a nice value for each thread (setpriority(2), Notes); other
 * systems keep one for the process and are left alone. Returns whether it was done.
 */
export function yieldToIntake(): boolean {
  let thread: string | undefined;
  try {
    thread = readlinkSync('/proc/thread-self').split('/').at(-1);
  } catch {
    return false;
  }
  const id = Number(thread);
  if (!Number.isSafeInteger(id)) return false;
  setPriority(id, Math.max(getPriority(id), BEHIND_INTAKE));
  return true;
}
