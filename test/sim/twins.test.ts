import { beforeAll, describe, expect, test } from 'vitest';
import type { SafetyRules } from '../../src/core/consensus/index.js';
import { WITHOUT_C_MEMORY, WITHOUT_V1 } from './mutants.js';
import { distinctCount, everyScenario, randomScenarios } from './twin-scenarios.js';
import { playTwins } from './twins.js';
import type { CampaignReport } from './twins-campaign.js';
import { runTwins } from './twins-campaign.js';

/** Of one run of the suite; more by `npm run twins`. */
const SCENARIOS = 1500;

describe('scenarios', () => {
  test('are enumerated each once but for names: as many as Burnside counts', () => {
    expect([...everyScenario(1)]).toHaveLength(distinctCount(1));
    const two = [...everyScenario(2)].map((scenario) => JSON.stringify(scenario));
    expect(new Set(two).size).toBe(distinctCount(2));
  });

  test('are drawn by their seed', () => {
    const shape = { n: 7, twins: [0, 1], viewsMin: 2, viewsMax: 9, sidesMax: 3 };
    const ten = (seed: number): unknown[] => {
      const drawn = randomScenarios(seed, shape);
      return Array.from({ length: 10 }, () => drawn.next().value);
    };
    expect(ten(5)).toEqual(ten(5));
    expect(ten(5)).not.toEqual(ten(6));
  });
});

describe('members that exist twice', () => {
  let report: CampaignReport;
  beforeAll(() => {
    report = runTwins({ scenarios: SCENARIOS, seed: 1 });
  }, 300_000);

  test('do not break agreement within the bounds, nor are honest members accused', () => {
    expect(report.groups.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test('leave a group that settles something in at least half of the scenarios', () => {
    for (const { name, played, settled } of report.groups) {
      expect(settled * 2, name).toBeGreaterThanOrEqual(played);
    }
  });

  test('break agreement when there are too many, and only they are named', () => {
    expect(report.control.broken).toBeGreaterThan(0);
    expect(report.control.violations).toEqual([]);
    expect([...report.control.named.keys()]).toContain('E2: 0, 1');
  });

  test('two twins that lead two halves settle different blocks in each', () => {
    const sides = [0, 0, 0, 1, 1, 1];
    const views = [1, 2, 3].map(() => ({ leader: 0, sides }));
    const { conflict } = playTwins({ n: 4, twins: [0, 1], views });
    expect(conflict).toMatchObject({ ok: true, value: { rule: 'E2', culprits: [0, 1] } });
  });
});

describe('two views of every kind tell broken rules from the protocol', () => {
  function found(safetyRules: SafetyRules): ReadonlySet<string> {
    const kinds = new Set<string>();
    for (const scenario of everyScenario(2)) {
      try {
        playTwins(scenario, safetyRules);
      } catch (error) {
        kinds.add((error as Error).message.split(':')[0] ?? '');
      }
      if (kinds.size > 0) break;
    }
    return kinds;
  }

  test('a vote without memory of earlier ones', () => {
    expect(found(WITHOUT_V1)).toEqual(new Set(['SINGLE-VOTE']));
  });

  test('a commit vote after giving up on the view', () => {
    expect(found(WITHOUT_C_MEMORY)).toEqual(new Set(['FRAMED']));
  });
});
