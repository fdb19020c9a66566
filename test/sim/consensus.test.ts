import { describe, expect, test } from 'vitest';
import type { RunOptions, RunResult } from './consensus-world.js';
import { ConsensusWorld, optionsOf } from './consensus-world.js';
import { WITHOUT_C_MEMORY, WITHOUT_V1 } from './mutants.js';

/** Seeds of one run of the suite; more by environment, and any single one by number. */
const SEEDS = Number(process.env['SIM_SEEDS'] ?? 300);
const FIRST = Number(process.env['SIM_FIRST'] ?? 1);

function run(options: RunOptions): RunResult {
  try {
    return new ConsensusWorld(options).run();
  } catch (error) {
    throw new Error(`seed ${options.seed}, n = ${options.n}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** How many of the runs break, and on what. */
function broken(count: number, options: (seed: number) => RunOptions): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (let seed = 1; seed <= count; seed++) {
    try {
      new ConsensusWorld(options(seed)).run();
    } catch (error) {
      const kind = (error as Error).message.split(':')[0] ?? '';
      found.set(kind, (found.get(kind) ?? 0) + 1);
    }
  }
  return found;
}

describe('settlement protocol, simulated', () => {
  test(
    'agrees, keeps its word, commits everything after healing, then falls silent',
    { timeout: 300_000 },
    () => {
      let blocks = 0;
      let evidence = 0;
      for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
        const result = run(optionsOf(seed));
        blocks += result.height;
        evidence += result.equivocations;
      }
      expect(blocks).toBeGreaterThan(SEEDS);
      // The equivocating leaders were seen, and nobody else was accused (a checker's task).
      expect(evidence).toBeGreaterThan(0);
    },
  );

  test('is a pure function of its seed', () => {
    for (const seed of [12, 35, 40]) expect(run(optionsOf(seed))).toEqual(run(optionsOf(seed)));
  });

  test('without faults every entry takes one view and no view is lost', () => {
    for (const n of [1, 2, 3, 4, 7]) {
      const result = run({ seed: 7, n, faults: false, entries: 20 });
      expect(result.views).toBe(result.height + 1);
    }
  });

  test('real Ed25519 signatures hold where the stubs do', () => {
    expect(run({ seed: 4, n: 4, realKeys: true, byzantine: [2] }).height).toBeGreaterThan(0);
  });

  test('two members of which one is Byzantine: safe, though they may stand still', () => {
    expect(() => run({ seed: 3, n: 2, byzantine: [1] })).not.toThrow(/AGREEMENT|SINGLE-VOTE/);
  });
});

describe('the checkers can fail', () => {
  test('voting without memory breaks the single vote', { timeout: 120_000 }, () => {
    const found = broken(40, (seed) => ({
      seed,
      n: 4,
      byzantine: [seed % 4],
      safetyRules: WITHOUT_V1,
    }));
    const unsafe = (found.get('SINGLE-VOTE') ?? 0) + (found.get('AGREEMENT') ?? 0);
    expect(unsafe).toBeGreaterThan(0);
  });

  test('commit votes without memory make honest members look guilty', { timeout: 120_000 }, () => {
    const found = broken(20, (seed) => ({ seed, n: 4, safetyRules: WITHOUT_C_MEMORY }));
    expect(found.get('FRAMED') ?? 0).toBeGreaterThan(0);
  });

  test('a quorum of 2f + 1 breaks agreement at n = 5', { timeout: 120_000 }, () => {
    const found = broken(60, (seed) => ({ seed, n: 5, byzantine: [seed % 5], q: 3 }));
    expect(found.get('AGREEMENT') ?? 0).toBeGreaterThan(0);
  });
});
