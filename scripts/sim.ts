// The deterministic simulator over many seeds: `npm run sim -- [--seeds N] [--seed S]`. Each seed
// runs twice and must leave the same trace. `--seed S` starts at S, and alone runs only S. Exit 1
// at the first violation, with the seed and the smallest run found that still breaks.
import { parseArgs } from 'node:util';
import type { RunOptions, RunResult } from '../test/sim/consensus-world.js';
import { ConsensusWorld, optionsOf } from '../test/sim/consensus-world.js';
import { CrashPoints } from '../test/sim/trace.js';

const SEEDS_DEFAULT = 300;
const PROGRESS_MS = 15_000;

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' } },
});
const first = natural('seed', values.seed ?? '1');
const count = natural('seeds', values.seeds ?? (values.seed === undefined ? undefined : '1'));
process.exitCode = runSeeds(first, count) ? 0 : 1;

function natural(name: string, text = String(SEEDS_DEFAULT)): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  process.stderr.write(`sim: --${name} takes a whole number from 1\n`);
  return process.exit(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function failureOf(options: RunOptions): string | RunResult {
  try {
    return new ConsensusWorld(options).run();
  } catch (error) {
    return (error as Error).message;
  }
}

/** Makes the run smaller for as long as it breaks in the same way. */
function shrink(options: RunOptions, failure: string): RunOptions {
  const kind = failure.split(':')[0];
  let smallest = options;
  const smaller: readonly Partial<RunOptions>[] = [
    { learners: 0 },
    { realKeys: false },
    { byzantine: [] },
    { faults: false },
    ...[1, 2, 3, 4, 6, 8].map((entries) => ({ entries })).reverse(),
  ];
  for (const change of smaller) {
    const tried = { ...smallest, ...change };
    const found = failureOf(tried);
    if (typeof found === 'string' && found.split(':')[0] === kind) smallest = tried;
  }
  return smallest;
}

function report(seed: number, failure: string): false {
  const options = optionsOf(seed);
  say(`VIOLATION seed ${String(seed)}: ${failure}`);
  say(`smallest run that breaks so: ${JSON.stringify(shrink(options, failure))}`);
  say(`again: npm run sim -- --seed ${String(seed)}`);
  return false;
}

/** One seed twice; the result, or false once the violation is told. */
function runTwice(seed: number): RunResult | false {
  const once = failureOf(optionsOf(seed));
  if (typeof once === 'string') return report(seed, once);
  const again = failureOf(optionsOf(seed));
  if (typeof again === 'string') return report(seed, again);
  if (once.trace === again.trace) return once;
  return report(seed, `TRACE: ${once.trace} and ${again.trace}`);
}

function runSeeds(from: number, seeds: number): boolean {
  const began = performance.now();
  let told = began;
  const crashes = new CrashPoints();
  const total = { blocks: 0, messages: 0, evidence: 0, views: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const result = runTwice(seed);
    if (result === false) return false;
    if (seeds === 1) say(`seed ${String(seed)}: trace ${result.trace}`);
    crashes.merge(result.crashPoints);
    total.blocks += result.height;
    total.messages += result.sent;
    total.evidence += result.equivocations;
    total.views += result.views;
    const now = performance.now();
    if (now - told < PROGRESS_MS) continue;
    told = now;
    process.stderr.write(`sim: ${String(seed - from + 1)} of ${String(seeds)} seeds\n`);
  }
  say('crashed while | times');
  for (const [point, times] of crashes.histogram()) say(`${point} | ${String(times)}`);
  const seconds = (performance.now() - began) / 1000;
  const rate = ((2 * seeds) / seconds).toFixed(1);
  say(
    `${String(seeds)} seeds, each twice with equal traces, no violation: ` +
      `${String(total.blocks)} blocks, ${String(total.views)} views, ` +
      `${String(total.messages)} messages, ${String(total.evidence)} proofs of lies; ` +
      `${seconds.toFixed(1)} s, ${rate} runs/s`,
  );
  return true;
}
