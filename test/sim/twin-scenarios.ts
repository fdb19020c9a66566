import { Random } from './random.js';

/**
 * Twins (Bano et al., "Twins: BFT Systems Made Robust"): a Byzantine member is two correct
 * instances with one key that do not know of each other. A scenario says for each view who leads
 * it and which instances reach each other.
 */
export interface TwinScenario {
  readonly n: number;
  /** Members that exist twice. Instance i < n is member i; instance n + k is a copy of twins[k]. */
  readonly twins: readonly number[];
  /** For views 1, 2, … Afterwards everyone reaches everyone and members lead in turn. */
  readonly views: readonly TwinView[];
}

export interface TwinView {
  readonly leader: number;
  /** Side of each instance. Messages pass only within a side. */
  readonly sides: readonly number[];
}

const N = 4;
const INSTANCES = 5;
/** Two sides, of which that of instance 0 is called 0. */
const SPLITS = 2 ** (INSTANCES - 1);
/** Choices for one view at n = 4 with one twin and two sides. */
const CHOICES = N * SPLITS;

function viewOfChoice(choice: number): TwinView {
  const split = choice % SPLITS;
  const sides = [0];
  for (let bit = 0; bit < INSTANCES - 1; bit++) sides.push((split >> bit) & 1);
  return { leader: Math.floor(choice / SPLITS), sides };
}

function choiceOfView({ leader, sides }: TwinView): number {
  let split = 0;
  for (let i = 1; i < INSTANCES; i++) if (sides[i] !== sides[0]) split |= 1 << (i - 1);
  return leader * SPLITS + split;
}

/** Renamings that leave a scenario the same: of honest members 1 to 3, and of the two copies. */
function renamings(): readonly (readonly number[])[] {
  const honest = [
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ];
  return honest.flatMap((order) => [
    [0, ...order, 4],
    [4, ...order, 0],
  ]);
}

/** Choice for choice, what each renaming makes of it. */
const IMAGES: readonly (readonly number[])[] = renamings().map((to) =>
  Array.from({ length: CHOICES }, (_, choice) => {
    const { leader, sides } = viewOfChoice(choice);
    const renamed: number[] = [];
    sides.forEach((side, i) => (renamed[to[i]!] = side));
    return choiceOfView({ leader: leader === 0 ? 0 : to[leader]!, sides: renamed });
  }),
);

/** The least of all renamings stands for all of them. */
function isLeast(choices: readonly number[]): boolean {
  return IMAGES.every((image) => {
    for (const choice of choices) {
      const other = image[choice]!;
      if (other !== choice) return other > choice;
    }
    return true;
  });
}

function least(choices: readonly number[]): readonly number[] {
  let found = choices;
  for (const image of IMAGES) {
    const other = choices.map((choice) => image[choice]!);
    const at = other.findIndex((choice, i) => choice !== found[i]);
    if (at >= 0 && other[at]! < found[at]!) found = other;
  }
  return found;
}

function oneTwin(choices: readonly number[]): TwinScenario {
  return { n: N, twins: [0], views: choices.map(viewOfChoice) };
}

/** How many scenarios of this many views differ by more than names (Burnside's lemma). */
export function distinctCount(views: number): number {
  const fixed = IMAGES.map((image) => image.filter((other, choice) => other === choice).length);
  return fixed.reduce((sum, count) => sum + count ** views, 0) / IMAGES.length;
}

/** All scenarios of this many views with n = 4, one twin and two sides, each once but for names. */
export function* everyScenario(views: number): Generator<TwinScenario> {
  const choices = new Array<number>(views).fill(0);
  for (let at = 0; at >= 0;) {
    if (isLeast(choices)) yield oneTwin(choices);
    for (at = views - 1; at >= 0 && ++choices[at]! === CHOICES; at--) choices[at] = 0;
  }
}

export interface RandomShape {
  readonly n: number;
  readonly twins: readonly number[];
  readonly viewsMin: number;
  readonly viewsMax: number;
  readonly sidesMax: number;
}

/** Scenarios drawn by a seed, none twice. */
export function* randomScenarios(seed: number, shape: RandomShape): Generator<TwinScenario> {
  const random = new Random(seed);
  const seen = new Set<string>();
  for (;;) {
    const scenario = draw(random, shape);
    const key = keyOf(scenario);
    if (seen.has(key)) continue;
    seen.add(key);
    yield scenario;
  }
}

function draw(random: Random, shape: RandomShape): TwinScenario {
  const { n, twins } = shape;
  const count = random.between(shape.viewsMin, shape.viewsMax);
  const views: TwinView[] = [];
  for (let i = 0; i < count; i++) {
    const before = views.at(-1);
    // A commit takes two views: one in whose partition the votes meet, one for the commit votes.
    const stays = before !== undefined && random.chance(0.5);
    const sides = stays ? before.sides : split(random, n + twins.length, shape.sidesMax);
    views.push({ leader: random.between(0, n - 1), sides });
  }
  return { n, twins, views };
}

/** Even splits, and such that leave a quorum together. */
function split(random: Random, instances: number, sidesMax: number): readonly number[] {
  const last = random.between(2, sidesMax) - 1;
  const home = random.pick([0, 0.3, 0.6]);
  return Array.from({ length: instances }, () =>
    random.chance(home) ? 0 : random.between(0, last),
  );
}

/** Sides have no names; at n = 4 with one twin members have none either. */
function keyOf({ n, twins, views }: TwinScenario): string {
  const twoSided = views.every(({ sides }) => sides.every((side) => side < 2));
  if (n === N && twins.length === 1 && twins[0] === 0 && twoSided) {
    return String.fromCharCode(...least(views.map(choiceOfView)));
  }
  return views.map(({ leader, sides }) => `${String(leader)}:${canonical(sides)}`).join();
}

/** Sides numbered in order of appearance. */
function canonical(sides: readonly number[]): string {
  const names = new Map<number, number>();
  return sides
    .map((side) => {
      if (!names.has(side)) names.set(side, names.size);
      return names.get(side);
    })
    .join('');
}
