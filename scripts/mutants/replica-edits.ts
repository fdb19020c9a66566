import type { Mutant } from './mutant.js';
import { swap } from './mutant.js';

/** One textual change: its id, what it takes away, what is looked for and what stands there instead. */
export type Edit = readonly [id: string, what: string, find: string, replace: string];

const core = 'src/core/consensus/';
export const durability = ['test/unit/consensus/durability.test.ts'];
export const recovery = ['test/unit/consensus/recovery.test.ts', ...durability];
export const pacemaker = ['test/unit/consensus/pacemaker.test.ts'];

/** Mutants of one file of the replica, each judged by the same tests. */
export function edits(
  file: string,
  tests: readonly string[],
  list: readonly Edit[],
): readonly Mutant[] {
  return list.map(([id, what, find, replace]) => ({
    id,
    what,
    file: core + file,
    tests,
    change: swap(find, replace),
  }));
}
