import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Machine } from './report.js';

export function thisMachine(): Machine {
  return {
    cpus: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.versions.node,
    load: loadavg().map((value) => Math.round(value * 10) / 10),
  };
}

/** The commit of the sources, marked when they differ from it; `unknown` outside a repository. */
export function thisCommit(): string {
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { encoding: 'utf8', stdio }).trim();
  } catch {
    return 'unknown';
  }
}
