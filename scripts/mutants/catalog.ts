import { ADMISSION, IDENTITY, POLICY, SETTLEMENT } from './decisions.js';
import type { Mutant } from './mutant.js';
import { REPLICA } from './replica.js';
import { SAFETY } from './safety.js';

/** Every rule whose removal some test must notice. */
export const MUTANTS: readonly Mutant[] = [
  ...SAFETY,
  ...REPLICA,
  ...SETTLEMENT,
  ...ADMISSION,
  ...IDENTITY,
  ...POLICY,
];

/** For each test file that answers for one of these mutants: the same run with nothing removed. */
export function controlsOf(mutants: readonly Mutant[]): readonly Mutant[] {
  const first = new Map<string, Mutant>();
  for (const mutant of mutants) {
    for (const test of mutant.tests) if (!first.has(test)) first.set(test, mutant);
  }
  return [...first].map(([test, { file }]) => ({
    id: `control/${test.replace(/^test\/|\.test\.ts$/g, '')}`,
    what: 'no-op',
    file,
    tests: [test],
    change: (source) => `${source}\n// Nothing is removed.\n`,
    control: true,
  }));
}
