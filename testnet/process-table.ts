import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCode } from './failure.js';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Command line of a process where the system tells it (Linux), else undefined. */
export function commandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .replaceAll('\0', ' ')
      .trim();
  } catch {
    return undefined;
  }
}

/** Signals a process that may be gone already. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

/** Ends a process that is not a child of this one: asks, waits, insists. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  signalTo(pid, 'SIGTERM');
  const end = performance.now() + graceMs;
  while (isAlive(pid) && performance.now() < end) await delay(50);
  if (isAlive(pid)) signalTo(pid, 'SIGKILL');
}
