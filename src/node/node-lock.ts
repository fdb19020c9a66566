import { rmSync } from 'node:fs';
import { z } from 'zod';
import type { Home } from './home.js';
import { codeOf, createPrivateFile, readIfThere } from './private-file.js';
import { refuse } from './refusal-error.js';

const lockSchema = z.strictObject({ pid: z.int().min(1), startedMs: z.int().min(0) });

/** Homes that this process holds. */
const held = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is there, and another user's.
    return codeOf(error) === 'EPERM';
  }
}

/** The process that holds the home now, if it still lives. */
export function lockHolder(home: Home): number | undefined {
  const bytes = readIfThere(home.lockFile);
  if (bytes === undefined) return undefined;
  let pid: number;
  try {
    ({ pid } = lockSchema.parse(JSON.parse(bytes.toString('utf8'))));
  } catch {
    // A torn lock is of a process that died while it wrote it.
    return undefined;
  }
  // The own pid may be of an earlier process: process ids start over in a container.
  const living = pid === process.pid ? held.has(home.dir) : isAlive(pid);
  return living ? pid : undefined;
}

/**
 * Takes the home for this process; one node at a time writes a nation's log. Returns the release.
 * Refuses while another living process, or another node of this process, holds it.
 */
export function takeLock(home: Home, startedMs: number): () => void {
  const content = JSON.stringify({ pid: process.pid, startedMs });
  for (let attempt = 0; attempt < 2; attempt++) {
    if (createPrivateFile(home.lockFile, content)) {
      held.add(home.dir);
      return () => {
        held.delete(home.dir);
        rmSync(home.lockFile, { force: true });
      };
    }
    if (lockHolder(home) !== undefined) break;
    rmSync(home.lockFile, { force: true });
  }
  const holder = lockHolder(home);
  throw refuse('STORE_LOCKED', 'home', {
    rule: "one process at a time writes a nation's log",
    detail: `process ${holder === undefined ? 'unknown' : String(holder)} holds ${home.dir}`,
    remedy: 'use the running node, or stop it first; if that process is no node, remove node.lock',
  });
}
