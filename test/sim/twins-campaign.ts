import type { TwinScenario } from './twin-scenarios.js';
import { distinctCount, everyScenario, randomScenarios } from './twin-scenarios.js';
import { playTwins } from './twins.js';

export interface CampaignOptions {
  /** Scenarios within the bounds of the protocol. */
  readonly scenarios: number;
  readonly seed: number;
  readonly onProgress?: (played: number) => void;
}

/** What a group of scenarios came to. */
export interface GroupReport {
  readonly name: string;
  readonly played: number;
  /** Scenarios in whose own views something was settled. */
  readonly settled: number;
  readonly violations: readonly Violation[];
}

export interface Violation {
  readonly scenario: TwinScenario;
  readonly what: string;
}

/** Scenarios with too many twins: agreement has to break, and the guilty be named. */
export interface ControlReport {
  readonly played: number;
  readonly broken: number;
  /** By rule and culprits, how often. */
  readonly named: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
}

export interface CampaignReport {
  readonly groups: readonly GroupReport[];
  readonly control: ControlReport;
}

interface Group {
  readonly name: string;
  readonly count: number;
  readonly scenarios: Iterable<TwinScenario>;
}

const DEPTH_MAX = 4;
const VIEWS_MAX = 8;
/** 2q − n at n = 4: so many liars are one too many. */
const TOO_MANY = [0, 1];

/** As deep as fits in four fifths of the scenarios, exhaustively; the rest is drawn. */
function groupsOf({ scenarios, seed }: CampaignOptions): readonly Group[] {
  let depth = 0;
  while (depth < DEPTH_MAX && distinctCount(depth + 1) <= 0.8 * scenarios) depth++;
  const every = depth === 0 ? 0 : distinctCount(depth);
  const left = scenarios - every;
  const large = Math.floor(left / 8);
  const three = Math.floor(left / 4);
  const lengths = { viewsMin: depth + 1, viewsMax: VIEWS_MAX };
  const one = { ...lengths, n: 4, twins: [0] };
  return [
    {
      name: `n = 4, one twin, 2 sides, all of ${String(depth)} views`,
      count: every,
      scenarios: everyScenario(depth),
    },
    {
      name: `n = 4, one twin, 2 sides, ${String(depth + 1)} to ${String(VIEWS_MAX)} views drawn`,
      count: left - large - three,
      scenarios: randomScenarios(seed, { ...one, sidesMax: 2 }),
    },
    {
      name: 'n = 4, one twin, 2 or 3 sides, 8 to 12 views drawn',
      count: three,
      scenarios: randomScenarios(seed + 1, { ...one, viewsMin: 8, viewsMax: 12, sidesMax: 3 }),
    },
    {
      name: 'n = 7, two twins, 2 sides, 4 to 8 views drawn',
      count: large,
      scenarios: randomScenarios(seed + 2, {
        n: 7,
        twins: [0, 1],
        viewsMin: 4,
        viewsMax: VIEWS_MAX,
        sidesMax: 2,
      }),
    },
  ].filter(({ count }) => count > 0);
}

function* firstOf({ scenarios, count }: Group): Generator<TwinScenario> {
  let given = 0;
  for (const scenario of scenarios) {
    if (given++ === count) return;
    yield scenario;
  }
}

function playGroup(group: Group, onPlayed: () => void): GroupReport {
  const violations: Violation[] = [];
  let played = 0;
  let settled = 0;
  for (const scenario of firstOf(group)) {
    played++;
    onPlayed();
    try {
      const result = playTwins(scenario);
      if (result.settled > 0) settled++;
      if (result.conflict !== undefined) violations.push({ scenario, what: 'AGREEMENT' });
    } catch (error) {
      violations.push({ scenario, what: (error as Error).message });
    }
  }
  return { name: group.name, played, settled, violations };
}

function playControl(count: number, seed: number): ControlReport {
  const shape = { n: 4, twins: TOO_MANY, viewsMin: 4, viewsMax: VIEWS_MAX, sidesMax: 2 };
  const group = { name: '', count, scenarios: randomScenarios(seed + 3, shape) };
  const named = new Map<string, number>();
  const violations: Violation[] = [];
  let broken = 0;
  for (const scenario of firstOf(group)) {
    try {
      const { conflict } = playTwins(scenario);
      if (conflict === undefined) continue;
      broken++;
      if (!conflict.ok) {
        violations.push({ scenario, what: `UNNAMED: ${conflict.error.code}` });
        continue;
      }
      const { rule, culprits } = conflict.value;
      const key = `${rule}: ${culprits.join(', ')}`;
      named.set(key, (named.get(key) ?? 0) + 1);
      // q = 3, so 2q − n = 2; both liars, and nobody else.
      if (culprits.join() !== TOO_MANY.join()) violations.push({ scenario, what: `NAMED ${key}` });
    } catch (error) {
      violations.push({ scenario, what: (error as Error).message });
    }
  }
  return { played: count, broken, named, violations };
}

/** Plays the scenarios of a size and a seed, and the negative control. */
export function runTwins(options: CampaignOptions): CampaignReport {
  let played = 0;
  const groups = groupsOf(options).map((group) =>
    playGroup(group, () => options.onProgress?.(++played)),
  );
  const controls = Math.max(300, Math.floor(options.scenarios / 100));
  return { groups, control: playControl(controls, options.seed) };
}
